package setenvkey

import (
	"os"
	"os/exec"
)

func good(key string) error {
	os.Setenv("API_KEY", key)
	os.Setenv("API_KEY", "test")
	os.Setenv("API_KEY", "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
	cmd := exec.Command("true", "@{key 20}@") // an argument is no environment
	cmd.Env = append(os.Environ(), "API_KEY="+key)
	return cmd.Run()
}
