# make lab        sets up what is missing, then opens the book in JupyterLab
# make doctor     tries what the book needs on this machine, and says what is missing
# make test       the Go tests, and every notebook run and compared: some minutes
# make test-fresh the book on a machine that has nothing yet: make lab, and the first cells
# make test-all   make test and all the rest: other processors, a hub, the web pages, browsers, ...
# make site       writes the book as web pages, to be read and played with without JupyterLab
# make bench      measures the speed of training on this machine
# make soak       tests what docs/guarantees.md promises, for more than four hours (FUZZ=1m: for half an hour)
# make test-NAME  one part of the rest, such as test-hub: tests/pytest.ini has the names
# make test-image builds the container image and runs it (as root, on Debian)
# make notebooks  runs the chapters, stores what they print and writes the student edition, for authors
# make picture    makes the animated picture of the README from the lab (with img2webp)
# make lock       pins the Python packages of tools/pyproject.toml
# make publish OWNER=… MODULE=…  makes the book your own, under your name and the module's path
#
# All that is made goes into .lab/ (and the caches of Go and pip): rm -rf .lab starts afresh.
# PYTHON=python3.12 names another Python; LABFLAGS=--no-browser hands flags to JupyterLab.

PYTHON ?= python3
VENV   := .lab/venv/bin/python
PIP    := -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes

export PYTHON LABFLAGS
export GOBIN := $(CURDIR)/.lab/bin

# Settings of the shell, and of Go's and pip's own files, that would do harm are overridden here, and in the
# kernel, to which tools/kernel.py hands on GO. What leads to a network's own registries, and to caches, is
# left as it is: GOPROXY, PIP_INDEX_URL and their like (PIP_NO_INDEX, where there is a folder of wheels).
HOST := $(shell env -i PATH="$$PATH" HOME="$$HOME" GOENV=off GOTOOLCHAIN=local go env GOHOSTOS GOHOSTARCH 2>/dev/null)
GO   := GO111MODULE=on GOTOOLCHAIN=local CGO_ENABLED=0 GOOS=$(word 1,$(HOST)) GOARCH=$(word 2,$(HOST)) \
	GOAMD64=v1 GOARM64=v8.0 GOROOT= GOEXPERIMENT= GOCACHEPROG= GODEBUG=
$(foreach setting,$(GO),$(eval export $(setting)))
export GOWORK  := off
export GOFLAGS := -buildvcs=false -gcflags=all=-dwarf=false# as the kernel, so that nothing is compiled twice
unexport $(filter-out PYTHON,$(filter PYTHON%,$(.VARIABLES)))
export PYTHONUTF8 := 1
unexport $(filter-out $(addprefix PIP_,INDEX_URL EXTRA_INDEX_URL FIND_LINKS TRUSTED_HOST PROXY CERT \
	CLIENT_CERT KEYRING_PROVIDER TIMEOUT DEFAULT_TIMEOUT RETRIES CACHE_DIR CONFIG_FILE \
	$(if $(wildcard $(PIP_FIND_LINKS:%=%/*.whl)),NO_INDEX)),$(filter PIP_%,$(.VARIABLES)))
export PIP_USER := 0
unexport $(filter-out JUPYTER_TOKEN,$(filter JUPYTER%,$(.VARIABLES)))
export JUPYTER_CONFIG_DIR  := $(CURDIR)/.lab/jupyter/config
export JUPYTER_DATA_DIR    := $(CURDIR)/.lab/jupyter/data
export JUPYTER_RUNTIME_DIR := $(CURDIR)/.lab/jupyter/runtime
unexport CDPATH

.DELETE_ON_ERROR:
.PHONY: help lab doctor try-kernel test notebooks modules FORCE

help:
	@sed -n '/^# make/s/^# //p' Makefile

lab: .lab/kernel
	@sh tools/lab.sh

# What is missing on this machine: a line each.
doctor: .lab/bin/nnbook
	@.lab/bin/nnbook doctor

# One cell in the kernel that is installed; doctor asks for it.
try-kernel:
	@$(VENV) tools/try_kernel.py

# What the tests find is written as JUnit files to .lab/results, which tests/summary.py counts. The digits
# are those that `nnbook data` finds or fetches; without any, the notebooks run on digits that are drawn.
RESULTS   := .lab/results
WITH_DATA := NNBOOK_DIGITS= NNBOOK_MNIST=$$(.lab/bin/nnbook data | sed 's/.*, in //'); export NNBOOK_DIGITS NNBOOK_MNIST; \
	[ "$$NNBOOK_MNIST" ] || NNBOOK_DIGITS=drawn
GOTESTS   := .lab/bin/gotestsum --format=pkgname --hide-summary=skipped
BROWSERS  := .lab/test/bin/python -m pytest tests
SUMMARY    = $(PYTHON) tests/summary.py

test: .lab/kernel .lab/bin/gotestsum .lab/bin/nnbook
	@rm -f $(RESULTS)/go.xml $(RESULTS)/notebooks.xml
	@$(WITH_DATA); \
	$(GOTESTS) --junitfile=$(RESULTS)/go.xml -- -timeout=15m ./...; \
	$(VENV) -m pytest tests/test_notebooks.py -n 2 --dist=loadgroup --junitxml=$(RESULTS)/notebooks.xml; \
	echo; echo "Left to make test-all: linters, other processors, the sweeps and networks of notebooks/data, the lab without"; \
	echo "a network, the kernel's stop button, a class on a hub, the web pages, and what is played with in a browser."; \
	$(SUMMARY) $(RESULTS)/go.xml $(RESULTS)/notebooks.xml

# A machine that has nothing yet, each time with caches of its own: of this one it takes pytest alone.
.PHONY: test-fresh
test-fresh: .lab/venv/ok
	@rm -f $(RESULTS)/fresh.xml
	@$(VENV) -m pytest tests/test_fresh.py -n 2 --junitxml=$(RESULTS)/fresh.xml; \
	$(SUMMARY) $(RESULTS)/fresh.xml

# Two tests at a time; those that open a lab, a hub or a browser one after another, but for the chapters in the browser's lab.
.PHONY: test-rest
test-rest: .lab/kernel .lab/test/ok .lab/bin/staticcheck .lab/bin/depguard .lab/bin/actionlint .lab/bin/nnbook
	@rm -f $(RESULTS)/rest.xml
	@$(WITH_DATA); \
	$(BROWSERS) -m 'not fresh and not notebooks and not image' -n 2 --dist=loadgroup --junitxml=$(RESULTS)/rest.xml; \
	$(SUMMARY) $(RESULTS)/rest.xml

.PHONY: test-all
test-all:
	@$(MAKE) --no-print-directory test-fresh || :
	@$(MAKE) --no-print-directory test || :
	@NNBOOK_BROWSERS=all $(MAKE) --no-print-directory test-rest || :
	@$(SUMMARY) $(RESULTS)/fresh.xml $(RESULTS)/go.xml $(RESULTS)/notebooks.xml $(RESULTS)/rest.xml

# One of the rest: make test-hub, with NNBOOK_CHAPTER=05-fifteen-or-a-hundred.ipynb say; make test-image, with
# IMAGE_DIR=/some/folder to keep what was built for the next time. tests/pytest.ini has the names.
test-%: .lab/kernel .lab/test/ok .lab/bin/staticcheck .lab/bin/depguard .lab/bin/actionlint .lab/bin/nnbook
	@$(WITH_DATA); $(BROWSERS) -m $* -s

# The faults that make test makes a few times, a hundred times; the kernel, for hundreds of cells; then
# hostile files and messages, for an hour each. What finds a fault is put into testdata/fuzz, where make test
# tries it again. Inputs that are new to the fuzzer are not made shorter: by default it does little else.
FUZZ ?= 1h
.PHONY: soak
soak: export NNBOOK_SOAK := 1
soak: .lab/kernel .lab/bin/gotestsum .lab/bin/nnbook
	@$(WITH_DATA); $(GOTESTS) --format=standard-verbose -- -p=1 -count=1 -timeout=60m ./... && \
	$(VENV) -m pytest tests/test_kernel.py -s
	for package in $$(go list ./...); do for fuzz in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
		go test -run=NONE -fuzz="^$$fuzz$$" -fuzztime=$(FUZZ) -fuzzminimizetime=1x $$package || exit 1; done; done

# For authors: runs the notebooks, stores what they print and writes their student editions; see
# docs/authoring.md. NB=notebooks/one.ipynb runs one.
NB ?= $(wildcard notebooks/*.ipynb)
notebooks: .lab/kernel
	$(VENV) tools/notebooks.py $(NB)

# The student editions alone, where nothing but the text of the chapters has changed.
.PHONY: text
text: .lab/venv/ok
	$(VENV) tools/notebooks.py --text $(NB)

# The speed of this machine: an epoch by each implementation of the arithmetic, natively, in Node and in
# browsers, and by the readable path; into .lab/speed.json too.
# BENCH=bench.py, a script that compares `nnbook train` with other programs, is run as well.
.PHONY: bench
bench: .lab/bin/nnbook
	PYTHONPATH=tools $(PYTHON) tests/speed.py
	$(if $(BENCH),$(PYTHON) $(BENCH) --cmd '$(CURDIR)/.lab/bin/nnbook train -sizes 784$(comma){hidden}$(comma)10 -epochs {epochs}')
comma := ,

# The book as web pages, in .lab/site.
.PHONY: site
site: .lab/test/ok .lab/have/go
	@PYTHONPATH=tools .lab/test/bin/python web/website.py

# The animated picture in the README, by two chapters in the lab.
.PHONY: picture
picture: .lab/kernel .lab/test/ok .lab/bin/nnbook
	@$(WITH_DATA); PYTHONPATH=tools .lab/test/bin/python tests/picture.py

# Makes the book an owner's own; tools/publish.py says how, and how to undo it.
.PHONY: publish
publish: .lab/have/go .lab/have/python
	@$(PYTHON) tools/publish.py '$(OWNER)' '$(MODULE)'

# What the machine has; see tools/have.sh.
.lab/have/%: FORCE
	@sh tools/have.sh $*

# The Python packages: the lab's in .lab/venv; those, and what the web pages and all other tests need, in .lab/test.
.lab/venv/ok: tools/requirements.txt tools/overrides.json .lab/have/python | .lab/have/path
	rm -rf .lab/venv
	$(PYTHON) -m venv .lab/venv
	$(VENV) $(PIP) -r tools/requirements.txt
	mkdir -p .lab/venv/share/jupyter/lab/settings
	cp tools/overrides.json .lab/venv/share/jupyter/lab/settings/
	touch $@

.lab/test/ok: tools/requirements-test.txt .lab/have/python | .lab/have/path
	rm -rf .lab/test
	$(PYTHON) -m venv .lab/test
	.lab/test/bin/python $(PIP) -r $<
	touch $@

# Versions stay as they are where they can; UPGRADE=--upgrade takes the newest.
LOCK := cd tools && ../.lab/uv/bin/uv pip compile --quiet --universal --python-version=3.10 --generate-hashes --no-annotate \
	--custom-compile-command='make lock' $(UPGRADE) pyproject.toml
.PHONY: lock
lock:
	[ -x .lab/uv/bin/uv ] || { $(PYTHON) -m venv .lab/uv && .lab/uv/bin/pip install --quiet uv==0.13.9; }
	$(LOCK) --group=lab -o requirements.txt
	$(LOCK) --group=hub -c requirements.txt -o requirements-hub.txt
	$(LOCK) --group=test -c requirements-hub.txt -o requirements-test.txt

TOOLS := tools/go.mod tools/go.sum .lab/have/go

.lab/bin/gonb: $(TOOLS) tools/gonb.sh | .lab/have/path
	sh tools/gonb.sh
	touch $@

.lab/bin/goimports:   TOOL := golang.org/x/tools/cmd/goimports
.lab/bin/gotestsum:   TOOL := gotest.tools/gotestsum
.lab/bin/staticcheck: TOOL := honnef.co/go/tools/cmd/staticcheck
.lab/bin/actionlint:  TOOL := github.com/rhysd/actionlint/cmd/actionlint
.lab/bin/depguard:    TOOL := github.com/OpenPeeDeeP/depguard/v2/cmd/depguard
.lab/bin/goimports .lab/bin/gotestsum .lab/bin/staticcheck .lab/bin/depguard .lab/bin/actionlint: $(TOOLS) | .lab/have/path
	go -C tools install $(TOOL)
	touch $@

# Builds cells, in place of go build.
.lab/bin/again: tools/kernel/again/main.go .lab/have/go | .lab/have/path
	go -C tools install ./kernel/again
	touch $@

.lab/bin/nnbook: FORCE | .lab/have/go
	go build -o $@ ./cmd/nnbook

.lab/kernel: .lab/have/path .lab/have/go .lab/have/python .lab/venv/ok .lab/bin/gonb .lab/bin/goimports .lab/bin/again tools/kernel.py | modules
	$(VENV) tools/kernel.py $(GO)
	touch $@

# The kernel may not download, and its workspace asks for the whole list of modules, of which a build
# needs but a part.
modules: .lab/have/go
	@go list -m all >/dev/null
