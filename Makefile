# `make demo`: from a fresh clone to rows. `make test`: everything that must hold. `make help` lists the rest.

.PHONY: help demo test bench build guests tools npm

help:
	@echo "make demo    build, then seed a simulated GitHub repository into out/gumroad.db"
	@echo "make test    what CI runs: lints, builds, tests, docs, each stage with its time"
	@echo "make bench   measure"
	@echo "make build   the programs and the guests"
	@echo "make guests  the plugins and the guests for tests, as components"
	@echo "make tools   the WebAssembly target, where it is missing"
	@echo "make npm     GitHub's descriptions and recordings that tests read"

tools:
	@tests/tools.sh

demo: tools
	cargo build --workspace --bins
	@mkdir -p out
	target/debug/github-sim --tokens 3 -- target/debug/host run jobs/gumroad.toml --build

build: guests

guests: tools
	cargo build --workspace --bins
	@tests/guests.sh

npm:
	@tests/stages.sh npm

test:
	@tests/stages.sh

bench: build
	@tests/stages.sh bench
