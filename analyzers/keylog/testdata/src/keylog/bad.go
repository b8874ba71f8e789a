package keylog

import (
	"cmp"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"os"
	"strings"

	"go.uber.org/zap"

	"keylog/config"
)

const hardcoded = "@{key 1}@"

type client struct{ key, host string }

type printer struct{ key string }

func (p printer) String() string { return "printer" }

func direct() {
	key := os.Getenv("AGCLOUD_API_KEY")
	fmt.Println("key is", key)                  // want `a key is given to fmt.Println: whoever reads that has the key`
	fmt.Printf("%q", key)                       // want `given to fmt.Printf`
	fmt.Fprintf(os.Stderr, "%s", key)           // want `given to fmt.Fprintf`
	log.Printf("key %s", key)                   // want `given to log.Printf`
	log.Default().Println(key)                  // want `given to log.Println`
	slog.Info("start", "key", key)              // want `given to slog.Info`
	slog.Info("start", slog.String("k", key))   // want `given to slog.Info`
	zap.L().Info("start", zap.String("k", key)) // want `given to zap.Info`
	_ = fmt.Errorf("no access with %s", key)    // want `given to fmt.Errorf`
	_ = errors.New("no access with " + key)     // want `given to errors.New`
	println(key)                                // want `given to println`
	log.Print(hardcoded)                        // want `given to log.Print`
	if key != "" {
		panic("no access with " + key) // want `given to panic`
	}
}

func indirect(c client) {
	key := cmp.Or(os.Getenv("AGCLOUD_API_KEY"), os.Getenv("OTHER"))
	log.Print(strings.TrimSpace(key))        // want `given to log.Print`
	log.Print(fmt.Sprintf("Bearer %s", key)) // want `given to log.Print`
	log.Print([]byte(key))                   // want `given to log.Print`
	c.key = key
	log.Print(c.key)                      // want `given to log.Print`
	log.Printf("%+v", c)                  // want `given to log.Printf`
	show(key)                             // want `given to keylog.show, which logs it`
	log.Print(same(key))                  // want `given to log.Print`
	log.Print(get("OTHER", ""))           // fine: another variable
	log.Print(get("AGCLOUD_API_KEY", "")) // want `given to log.Print`
	func() { log.Print(key) }()           // want `given to log.Print`
	m := map[string]string{"key": key}
	log.Print(m["key"]) // want `given to log.Print`
	list := []string{key}
	for _, k := range list {
		log.Print(k) // want `given to log.Print`
	}
}

func show(s string) { log.Print(s) }

func same(s string) string { return s }

func get(name, otherwise string) string {
	if v, ok := os.LookupEnv(name); ok {
		return v
	}
	return otherwise
}

func imported() error {
	log.Print(config.Key())                     // want `given to log.Print`
	log.Print(config.Load().Key)                // want `given to log.Print`
	log.Print(config.Global)                    // want `given to log.Print`
	log.Print(config.Getenv("AGCLOUD_API_KEY")) // want `given to log.Print`
	config.Debug(config.Key())                  // want `given to config.Debug, which logs it`
	key, err := config.Lookup()
	log.Print(key) // want `given to log.Print`
	return err
}

func dump(req *http.Request) {
	req.Header.Set("Authorization", "Bearer "+config.Key())
	httputil.DumpRequestOut(req, true) // want `given to httputil.DumpRequestOut`
	log.Print(req.Header)              // want `given to log.Print`
}
