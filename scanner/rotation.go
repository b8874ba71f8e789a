package scanner

import "github.com/agcloud/keylint/rules"

// A Rotation is the plan to replace one leaked key. It marshals to an element
// of "rotation" in the report format. It holds nothing of the key but its
// redacted form and its hash.
type Rotation struct {
	Key      RotationKey    `json:"key"`
	Rule     string         `json:"rule"`               // the one that found the key, the most severe if several did
	Provider string         `json:"provider,omitempty"` // empty when it is not known
	Severity rules.Severity `json:"severity"`
	Names    []string       `json:"names,omitempty"`   // the variables that hold the key, sorted
	Console  string         `json:"console,omitempty"` // a web page where keys are revoked, or that tells how
	Steps    []RotationStep `json:"steps"`             // in order
	// Places are what the step RotateUpdate is about, sorted by path and line.
	Places []RotationPlace `json:"places"`
	// PlacesLeftOut counts those that are not listed because they are many.
	PlacesLeftOut int `json:"places_left_out,omitempty"`
}

// A RotationKey names a key without telling it.
type RotationKey struct {
	Redacted string `json:"redacted"`
	Hash     string `json:"hash"` // rules.Secret.Hash
}

// The actions of a rotation, in their order.
const (
	RotateGenerate = "generate" // make the new key
	RotateUpdate   = "update"   // put it where the old one is used
	RotateCheck    = "check"    // see that everything works with it
	RotateRevoke   = "revoke"   // make the old one worthless
	RotateConfirm  = "confirm"  // see that it is
)

// A RotationStep is a step of a plan.
type RotationStep struct {
	Action string `json:"action"` // one of the Rotate constants
	Text   string `json:"text"`   // an instruction to a person
}

// The kinds of places that a new key has to be put in.
const (
	PlaceFile       = "file"           // the key itself stands in a file
	PlaceEnv        = "env"            // a .env file
	PlaceGitHub     = "github-actions" // a workflow; Name is the secret's
	PlaceCI         = "ci"             // another CI service's file; Name is the variable of its settings
	PlaceCompose    = "compose"        // a service of Compose
	PlaceImage      = "image"          // a Dockerfile
	PlaceHelm       = "helm"           // values or a template of a chart
	PlaceKubernetes = "kubernetes"     // a manifest
	PlaceTerraform  = "terraform"      // a .tf or .tfvars file
	PlacePlatform   = "platform"       // the settings of a hosting platform
)

// A RotationPlace is where a key, or the variable that holds it, is used.
type RotationPlace struct {
	Kind string `json:"kind"` // one of the Place constants
	// Repository is that of the path; see Finding.
	Repository string `json:"repository,omitempty"`
	Path       string `json:"path"` // relative to Target.Path or the repository, with forward slashes
	Line       int    `json:"line,omitempty"`
	Name       string `json:"name,omitempty"` // of the variable or secret to set
	// Holds reports whether the key itself stands there, as against a
	// reference to its variable.
	Holds bool `json:"holds"`
}
