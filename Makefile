# Two commands do everything on a fresh Debian machine with a Rust toolchain: `make site` and `make test`.
# Each installs what it needs itself, and does nothing where that is already there.

NIANBAO := target/release/nianbao

.PHONY: site test quick lint unit browser bench deps-build deps-test clean

## site: build the program and the demonstration archive in content/ into public/
site: deps-build
	cargo build --release --locked
	$(NIANBAO) build $(if $(BASE_URL),--base-url $(BASE_URL))
	@echo "look at it: $(NIANBAO) serve --open"

## test: everything CI checks
test: deps-test lint unit browser

## quick: the inner loop
quick: deps-build
	cargo test --locked

lint:
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

unit:
	NIANBAO_PROGRAMS=required cargo test --locked --no-fail-fast

browser:
	cd tests/browser && NIANBAO=$(CURDIR)/target/debug/nianbao npm test

## bench: 1,000 and 10,000 generated reports; reports per second, CPU, memory, size
bench: deps-build
	cargo build --release --locked
	cargo run --locked --example bench -- $(NIANBAO)

deps-build:
	@tools/install.sh build

deps-test:
	@tools/install.sh test

clean:
	cargo clean
	rm -rf public .nianbao
