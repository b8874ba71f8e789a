package formats

func use(...string) {}

func bad() {
	use("acme-@{alnum 1 24}@") // want `AGCloud API key \S+ is in the code: read it from the environment \[agcloud-key-format-1 `
	use("acne-@{alnum 1 24}@")
}
