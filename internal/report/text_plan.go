package report

import (
	"fmt"
	"io"

	"github.com/agcloud/keylint/rules"
	"github.com/agcloud/keylint/scanner"
)

// maxPlans is the greatest number of rotation plans in text that is not
// verbose.
const maxPlans = 10

// maxPlanPlaces is the greatest number of places of a plan in such text.
const maxPlanPlaces = 20

// Plan implements Planner.
func (t *textWriter) Plan(p scanner.Rotation) error {
	t.plans.add(p)
	return t.flush()
}

// WriteTextPlans writes rotation plans to w as the text format does.
func WriteTextPlans(w io.Writer, plans []scanner.Rotation, o Options) error {
	t := newText(w, o).(*textWriter)
	for _, p := range plans {
		t.plans.add(p)
	}
	t.listPlans()
	return t.flush()
}

// listPlans writes the plans, each with its steps numbered.
func (t *textWriter) listPlans() {
	for _, p := range t.plans.kept {
		t.plan(p)
	}
	if n := t.plans.others; n > 0 {
		t.printf("and %s more to rotate in the same way (--verbose shows all)\n\n", count(n, "key"))
	}
}

func (t *textWriter) plan(p scanner.Rotation) {
	title := "to rotate " + escape(t.opts.keyOf(&p))
	if p.Provider != "" {
		title += ", a key of " + escape(p.Provider)
	}
	t.print(t.paint(bold, title), "\n")
	for i, s := range p.Steps {
		label := fmt.Sprintf("%*d. ", len(indent)-1, i+1)
		for _, line := range wrap(s.Text, max(20, t.opts.Width-len(label))) {
			t.print(label, line, "\n")
			label = fmt.Sprintf("%*s", len(label), "")
		}
		if s.Action == scanner.RotateUpdate {
			t.planPlaces(p)
		}
	}
	t.print("\n")
}

// keyOf names the key of a plan: as it is masked, or, where that tells nothing, by the
// rule that found it and its first place.
func (o *Options) keyOf(p *scanner.Rotation) string {
	if p.Key.Redacted != rules.Hidden {
		return p.Key.Redacted
	}
	name := "a key"
	if title := o.rule(&scanner.Finding{Rule: p.Rule}).Title; title != p.Rule { // it is known here
		name = title
	}
	if len(p.Places) > 0 {
		at := p.Places[0]
		name += " in " + position(o.place(at.Repository, at.Path), at.Line, 0)
	}
	return name
}

// planPlaces lists the places of a plan.
func (t *textWriter) planPlaces(p scanner.Rotation) {
	places, more := p.Places, p.PlacesLeftOut
	if n := len(places); n > maxPlanPlaces && !t.opts.Verbose {
		places, more = places[:maxPlanPlaces], more+n-maxPlanPlaces
	}
	for _, at := range places {
		t.printf("%s%s%s: %s\n", indent, indent, position(escape(t.opts.place(at.Repository, at.Path)), at.Line, 0), placeText(at))
	}
	if more > 0 {
		t.printf("%s%sand %s more\n", indent, indent, count(more, "place"))
	}
	if len(places) == 0 {
		t.print(indent, indent, noPlace, "\n")
	}
}

// placeText says what is to be done at a place.
func placeText(p scanner.RotationPlace) string {
	name := escape(p.Name)
	if name == "" {
		name = "the variable"
	}
	switch {
	case p.Holds && (p.Kind == scanner.PlaceEnv || p.Kind == scanner.PlaceFile):
		return "holds the key" + inVariable(p)
	case p.Holds:
		return "holds the key" + inVariable(p) + " (" + kindText(p.Kind) + ")"
	case p.Kind == scanner.PlaceGitHub:
		return "uses the secret " + name + " of GitHub Actions: gh secret set " + name
	case p.Kind == scanner.PlaceCI:
		return "uses " + name + ": set it in the settings of the CI service"
	}
	return kindText(p.Kind) + ", uses " + name
}

func inVariable(p scanner.RotationPlace) string {
	if p.Name == "" {
		return ""
	}
	return " in " + escape(p.Name)
}

// kindText names a kind of place.
func kindText(kind string) string {
	switch kind {
	case scanner.PlaceGitHub:
		return "workflow"
	case scanner.PlaceCI:
		return "CI"
	case scanner.PlaceCompose:
		return "Compose"
	case scanner.PlaceImage:
		return "Dockerfile"
	case scanner.PlaceHelm:
		return "Helm chart"
	case scanner.PlaceKubernetes:
		return "Kubernetes manifest"
	case scanner.PlaceTerraform:
		return "Terraform"
	case scanner.PlacePlatform:
		return "settings of the hosting platform"
	}
	return escape(kind)
}

// Escape returns s as text shows it: on one line, with characters written out
// that could steer a terminal or hide text.
func Escape(s string) string { return escape(s) }

// Local returns a path of the report as text shows it: from where the user
// stands.
func (o *Options) Local(path string) string { return o.local(path) }
