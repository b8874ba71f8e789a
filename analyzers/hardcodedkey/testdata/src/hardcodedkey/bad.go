package hardcodedkey

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
)

const one = "@{key 1}@" // want `key of gateway shape in a file about AGCloud sk-\S+ is in the code: read it from the environment \[agcloud-key-by-shape [0-9a-f]{32}\]`

// Exported constants may be used as constants elsewhere.
const Two = "@{key 2}@" // want `is in the code`

const three = "sk-" + "@{tail 3 (key 3)}@" // want `is in the code`

const usedAsConstant = "@{key 4}@" // want `is in the code`

const header = "Bearer " + usedAsConstant

type secret string

var typed secret = "@{key 5}@" // want `is in the code`

type config struct {
	name, value string
}

func use(...any) {}

func bad(req *http.Request, k string) []string {
	use(one, Two, three, usedAsConstant, header)
	use("@{key 6}@")                                                      // want `is in the code`
	use(config{"name", "@{key 7}@"}, map[string]string{"a": "@{key 8}@"}) // want `is in the code` `is in the code`
	req.Header.Set("Authorization", "Bearer @{key 9}@")                   // want `is in the code`
	use([]byte("@{key 10}@"))                                             // want `is in the code`
	use(fmt.Sprintf("%s-%s", "sk", "@{tail 3 (key 12)}@"))                // want `is in the code`
	use(strings.Join([]string{"sk", "@{tail 3 (key 13)}@"}, "-"))         // want `is in the code`
	use(base64.StdEncoding.DecodeString("@{base64 (key 14)}@"))           // want `is in the code`
	use("@{hex (key 15)}@")                                               // want `is in the code`
	use(`{"key": "@{key 16}@", "n": 1}`)                                  // want `is in the code`
	if k == "@{key 17}@" {                                                // want `is in the code`
		return nil
	}
	switch k {
	case "@{key 18}@": // want `is in the code`
	}
	local := "x" + k + "@{key 19}@" // want `is in the code`
	_ = local
	// The key used before was @{key 20}@. // want `is in the code`
	return []string{"@{key 21}@"[3:]} // want `is in the code`
}

// AGCloud keys have no published format, so their names tell.
var agcloudAPIKey = fmt.Sprint("@{alnum 22 40}@") // want `AGCloud API key \S+ is in the code: read it from the environment \[agcloud-api-key `
