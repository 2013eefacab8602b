# Everything a newcomer or CI runs. Needs Python 3.11+, make and git; the rest goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: demo sandbox test check bench docs pictures format lock clean

demo: $(INSTALLED)  ## the main job on the embedded sandbox; ends by itself
	@$(BIN)/homeward demo

sandbox: $(INSTALLED)  ## the same estate in a browser, to try by hand; Ctrl-C ends it
	@$(BIN)/homeward sandbox --open

test: $(INSTALLED)  ## all tests, and what they cover
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=
	$(BIN)/coverage report --include='checks/*' --omit='checks/sources/*' --fail-under=100
	$(BIN)/coverage report --format=total --fail-under=90

check: $(INSTALLED)  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pyright

bench: $(INSTALLED)  ## the figures of docs/performance.md, as ratios measured in one run
	$(BIN)/python -m bench

docs: $(INSTALLED)  ## the generated documents
	$(BIN)/python -m homeward.checks.rules.table > docs/rules.md.new && mv docs/rules.md.new docs/rules.md
	$(BIN)/python -m homeward.actions.diagram

pictures: $(INSTALLED)  ## what people see, photographed on the sandbox's page; needs Chromium
	$(BIN)/python docs/photograph.py

format: $(INSTALLED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(INSTALLED)  ## pins everything anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --extra dev pyproject.toml -o requirements.lock

$(INSTALLED): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { rm -rf .venv; $(PYTHON) -m venv .venv; }
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Homeward needs Python 3.11 or later: rm -rf .venv, then make PYTHON=/path/to/python3.11 ...")'
	@echo "Installing into .venv (once; a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf .venv build dist *.egg-info src/*.egg-info .coverage* .mypy_cache .pytest_cache .ruff_cache
