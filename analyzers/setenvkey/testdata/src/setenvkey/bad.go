package setenvkey

import (
	"os"
	"os/exec"
)

func bad() error {
	os.Setenv("API_KEY", "@{key 1}@")                         // want `sk-\S+ is put into the environment by the code: set it outside \[agcloud-key-by-shape [0-9a-f]{32}\]`
	if err := os.Setenv("API_KEY", "@{key 2}@"); err != nil { // want `is put into the environment by the code`
		return err
	}
	_ = os.Setenv("AGCLOUD_API_KEY", "@{alnum 3 40}@") // want `AGCloud API key \S+ is put into the environment`
	cmd := exec.Command("true")
	cmd.Env = append(os.Environ(), "API_KEY=@{key 4}@")                   // want `is put into the environment of a command by the code: let it inherit the key`
	cmd.Env = append(cmd.Env, "A=b", "API_KEY=@{key 5}@")                 // want `is put into the environment of a command`
	cmd.Env = []string{"API_KEY=@{key 6}@"}                               // want `is put into the environment of a command`
	other := exec.Cmd{Env: []string{"API_KEY=@{key 7}@"}}                 // want `is put into the environment of a command`
	return cmp(cmd.Run(), other.Run(), os.Setenv("API_KEY", "@{key 8}@")) // want `is put into the environment`
}

func cmp(errs ...error) error { return errs[0] }
