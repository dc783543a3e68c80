# Two commands do everything, set-up included:
#   make review   one model's review, from training facts to the gate
#   make test     every check that CI makes
.PHONY: review test lint types layers fast slow setup model bench clean

BIN := .venv/bin
ARGS ?=

review: model
	@$(BIN)/holdshort review $(ARGS)

test: setup
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --config pyproject.toml
	@$(BIN)/pytest $(ARGS)

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
	@$(BIN)/pytest -m "not slow" $(ARGS)

slow: setup
	@$(BIN)/pytest -m slow $(ARGS)

bench: setup
	@scripts/setup dev model bench
	@$(BIN)/python benchmarks/weights_digest.py
	@$(BIN)/python benchmarks/harness_cost.py
	@$(BIN)/python benchmarks/rulebook.py
	@$(BIN)/python benchmarks/register.py
	@$(BIN)/python benchmarks/verify.py

clean:
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
