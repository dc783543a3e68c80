# Two commands do everything, set-up included:
#   make review   one model's review, from training facts to the gate
#   make test     every check that CI makes
.PHONY: review test lint types layers fast slow setup model bench clean

BIN := .venv/bin
ARGS ?=
# A table of answers for the benchmarks that need one (see benchmarks/README.md).
RESPONSES ?=
# Several processes share the tests; one that has none left takes some of another.
TOGETHER := -n auto --dist worksteal

review: model
	@$(BIN)/holdshort review $(ARGS)

test: setup
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --config pyproject.toml
	@$(BIN)/pytest $(TOGETHER) $(ARGS)

setup:
	@scripts/setup dev model

model:
	@scripts/setup runtime model

lint: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: setup
	@$(BIN)/mypy

layers: setup
	@$(BIN)/lint-imports --config pyproject.toml

fast: setup
	@$(BIN)/pytest $(TOGETHER) -m "not slow" $(ARGS)

slow: setup
	@$(BIN)/pytest $(TOGETHER) -m slow $(ARGS)

bench: setup
	@scripts/setup dev model bench
	@$(BIN)/python -m benchmarks.weights_digest
	@$(BIN)/python -m benchmarks.harness_cost
	@$(BIN)/python -m benchmarks.rulebook
	@$(BIN)/python -m benchmarks.register
	@$(BIN)/python -m benchmarks.verify
	@test -z "$(RESPONSES)" || $(BIN)/python -m benchmarks.item_audit "$(RESPONSES)"
	@$(BIN)/python -m benchmarks.bundle
	@$(BIN)/python -m benchmarks.statistics

clean:
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
