package hosts

const base = "https://llm.corp.example/v1"

func use(...string) {}

func bad() {
	token := "@{alnum 2 40}@" // want `a key in a file that speaks to AGCloud \S+ is in the code`
	use(base, token)
}
