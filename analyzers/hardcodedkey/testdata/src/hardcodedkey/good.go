package hardcodedkey

import "os"

const placeholder = "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

var agcloudKeyName = "AGCLOUD_API_KEY"

var checksum = "@{alnum 30 40}@"

// @{mark}@ hardcodedkey -- it was revoked in 2025
var revoked = "@{key 31}@"

var spare = "@{key 32}@" //@{mark}@ agcloud-key-by-shape -- a fixture

// @{mark}@ hardcodedkey
var noReason = "@{key 33}@" // want `is in the code`

func good() {
	use(os.Getenv("AGCLOUD_API_KEY"), placeholder, agcloudKeyName, checksum, revoked, spare, noReason)
}
