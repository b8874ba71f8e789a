package names

import (
	"strings"
	"sync"

	"github.com/agcloud/keylint/rules/internal/wordset"
)

// A class is what is known of the names of a [Class].
type class struct {
	heads    []string     // the ends of names, without what parts words
	refuting *wordset.Set // words that take back what the head says, beside the common ones
	vague    bool         // a head alone says little
	faint    string       // a last word that is vague even behind others
	other    *wordset.Set // words before that one that say it is something else
	verb     string       // the head that is a verb, too: behind one of verbs it says nothing
	named    bool         // one more word may stand behind the head: REDIS_PASSWORD_ORDERS
}

// classes is never changed.
var classes = sync.OnceValue(func() map[Class]*class {
	return map[Class]*class{
		Password: {
			heads: strings.Fields("password passwd passwort passphrase passcode pass pwd pswd psswd senha kennwort " +
				"userpassword passwordvalue passwordtext psk"),
			verb:  "pass",
			named: true,
		},
		Secret: {
			heads:    strings.Fields("secret secretkey secretaccesskey secretkeybase secretid secretvalue secretstring secretapikey secrettoken"),
			refuting: wordset.Of("image pull tls docker kubernetes"),
		},
		Token: {
			heads: strings.Fields("token jwt bearer accesstokenvalue"),
			refuting: wordset.Of("csrf xsrf csrfmiddleware authenticity page paging pagination continuation next nextpage sync stop start end eos bos pad sep cls unk mask special " +
				"cancel cancellation design punctuation lexer lex parser parse syntax peek current cur prev keyword keyword identifier ident word comment string literal " +
				"operator type node ast eof first last cursor resume marker client request idempotency upload change watch state confirmation"),
			vague: true,
		},
		Key: {
			heads: heads("key", "api access private encryption encrypt enc symmetric decryption decrypt crypt crypto cipher signing sign signature master auth authentication account shared storage "+
				"license licence hmac aes des rsa jwt app application session cookie admin service subscription function vault unseal seal deploy ssh webhook push "+
				"consumer server security hash hashing secure mac wep wpa preshared psk merchant pay payment integration ingest instrumentation write root recaptcha", "privatekeyseed"),
			refuting: wordset.Of("primary foreign public partition sort row cache map object index storage_key i18n locale translation"),
			faint:    "key",
			other: wordset.Of("unique natural composite surrogate candidate super group order hash range shard route routing bucket file image blob asset s3 upload " +
				"dict dictionary hot short shortcut key keyboard arrow event query filter search store registry config setting settings option metric tag label meta data " +
				"idempotency dedup dup trace span commit version revision etag digest checksum fingerprint id uid guid uuid host known issue jira project task build job lock queue topic " +
				"message msg text string lang language translate react list item node tree node child parent entity resource model property prop attribute field column " +
				"product template external environment socket websocket cached creds redis memcache memory session store site client user account kms cmk arn gpg pgp verify verification verifying peer remote wireguard wg box nacl identity"),
		},
		Auth: {
			heads:    strings.Fields("authorization credential credentials creds auth authstring authheader basicauth masterauth authvalue"),
			refuting: wordset.Of("require requires has use with oauth source"),
			vague:    true,
		},
		Salt: {
			heads:    strings.Fields("salt pepper saltvalue"),
			refuting: wordset.Of("tx transaction account block"),
		},
	}
})

// heads returns words with suffix behind each, and others.
func heads(suffix, list string, others ...string) []string {
	out := others
	for w := range strings.FieldsSeq(list) {
		out = append(out, w+suffix)
	}
	return out
}

// qualifiers are the words behind the head of a name that say which secret it
// is, or in which form.
var qualifiers = wordset.Of("value val str string text txt plain plaintext raw cleartext clear default prod production prd dev development devel staging stage stg test testing tests qa uat sandbox " +
	"local live main old new current prev previous backup b64 base64 encoded hex env a b c x v primary secondary root admin user master slave eu us ap internal external here const constant param " +
	"property prop literal bytes byte header for the confirmation confirm repeat again equals user base")

// refuting are the words before the head that make a name one of something else.
var refuting = wordset.Of("is has have had use uses using no not non show hide shows hides forgot forget forgotten lost reset resets change changes changed update require required requires need needs allow allows " +
	"enable enabled enables disable disabled validate validates validation generate generates gen hash hashed hashing encrypted encrypt encode encrypting public pub max min num number count len length invalid " +
	"missing empty get gets fetch find read load lookup parse ask prompt enter type label title placeholder hint message msg error err text field input select query column col attr attribute " +
	"print log format regex regexp pattern rule policy minimum maximum total path file filename dir url uri href link button btn icon name hashof with without if when redacted masked mask " +
	"remember save create creating verify verifies verifying check checks compare match matches can cannot should will must per remove delete expired blank")

// verbs are the words behind which "pass" is no password: run_pass, uwsgi_pass.
var verbs = wordset.Of("run uwsgi proxy fastcgi scgi grpc memcached render by first second one two next multi single all loop data build opt optimization analysis did test tests to")

// about are the words behind the head of a name that make it say something about the
// secret.
var about = wordset.Of("hash hashes hashed salt expiry expires expiration expired ttl age date time timestamp at on in since until timeout reset change changed update encoder encoding encryption algorithm algo alg " +
	"policy policies strength score type kind manager provider service services store storage source callback handler helper helpers util utils validator validators validation view page form screen dialog " +
	"component controller model table column entry entries widget edit change grant flow mode method prompt confirmation id ids ref reference references secret secrets selector request response result results " +
	"fn func function class module api info details data config configuration settings options option key keys auth authentication protected protection required enabled disabled generator factory builder " +
	"changed failed failure success ok status state attempt attempts retry retries limit count counter index list map set word words phrase db database vault env variable var")

// states are refuting words that say so at the beginning of a name only.
var states = wordset.Of("no read load create")

// weakening are the words that make it likelier that a value is made up.
var weakening = wordset.Of("test tests testing fake dummy mock mocked example sample demo placeholder wrong bad incorrect stub fixture temp tmp my some foo bar expected expect actual")

// prefixes are the words that people write before a short head without a
// separator: dbpass, rootpwd.
var prefixes = wordset.Of("db user usr root admin my mysql pg postgres sql ftp sftp smtp imap mail email ssh http https ldap login proxy redis require master key store trust keystore truststore srv server " +
	"client svc sys sudo vnc rdp wifi ap app api mongo jdbc oracle sa su bind auth default old new web host remote local test web mq amqp rabbit es elastic kafka sh is j")

// glued are words that end in a long head by accident.
var glued = wordset.Of("bypass compass trespass surpass overpass underpass encompass")
