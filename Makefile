# make lab    sets up what is missing, then opens the book in JupyterLab
# make test   sets up what is missing, then checks everything
# make soak   tests what docs/guarantees.md promises, for more than four hours (FUZZ=1m: for half an hour)
# make bench  measures the speed of training on this machine
# make site       writes the book as web pages, to be read and played with without JupyterLab
# make test-site  looks at them in a browser; make test-hands-on at the chapters to play with, in JupyterLab
# make test-hub    lets a class run a chapter on a JupyterHub of this machine
# make test-image  builds the container image and runs it (as root, on Debian)
#
# All that is made goes into .lab/ (and the caches of Go and pip): rm -rf .lab starts afresh.
# PYTHON=python3.12 names another Python; LABFLAGS=--no-browser hands flags to JupyterLab.

PYTHON ?= python3
VENV   := .lab/venv/bin/python
PIP    := -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes

export PYTHON LABFLAGS
export GOBIN := $(CURDIR)/.lab/bin

# What the shell, or a settings file of Go or pip, may say and would do harm has no say here, nor in the
# kernel, to which tools/kernel.py hands on GO. What leads to a network's own registries, and to caches,
# is left as it is: GOPROXY, PIP_INDEX_URL and their like (PIP_NO_INDEX, where there is a folder of wheels).
HOST := $(shell env -i PATH="$$PATH" HOME="$$HOME" GOENV=off GOTOOLCHAIN=local go env GOHOSTOS GOHOSTARCH 2>/dev/null)
GO   := GO111MODULE=on GOTOOLCHAIN=local CGO_ENABLED=0 GOOS=$(word 1,$(HOST)) GOARCH=$(word 2,$(HOST)) \
	GOAMD64=v1 GOARM64=v8.0 GOROOT= GOEXPERIMENT= GOCACHEPROG= GODEBUG=
$(foreach setting,$(GO),$(eval export $(setting)))
export GOWORK  := off
export GOFLAGS := -buildvcs=false
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
.PHONY: help lab doctor try-kernel test notebooks FORCE

help:
	@sed -n '/^# make/s/^# //p' Makefile

lab: .lab/kernel
	@sh tools/lab.sh

# What is missing on this machine: a line each.
doctor: .lab/have/go
	@go build -o .lab/bin/nnbook ./cmd/nnbook
	@.lab/bin/nnbook doctor

# One cell in the kernel that is installed; doctor asks for it.
try-kernel:
	@$(VENV) tools/try_kernel.py

test: .lab/kernel .lab/bin/staticcheck
	@PYTHONPATH=tools $(VENV) tests/everything.py

# The faults that make test makes a few times, a hundred times; the emulated fma, on hundreds of
# millions of numbers; the kernel, for hundreds of cells; then hostile files and messages, for an hour
# each. What finds a fault is put into testdata/fuzz, where make test tries it again. Inputs that are new
# to the fuzzer are not made shorter: by default it does little else.
FUZZ ?= 1h
.PHONY: soak
soak: .lab/kernel
	NNBOOK_SOAK=1 go test -v -p=1 -count=1 -timeout=30m -run='$(FAULTS)' ./nnlib ./mnist ./nb/sweep ./cmd/nnbook
	NNBOOK_SOAK=1 go test -count=1 -timeout=60m -run=FMA ./nnlib/internal/arith
	NNBOOK_SOAK=1 PYTHONPATH=tools $(VENV) tests/test_kernel.py
	NNBOOK_FUZZ=$(FUZZ) PYTHONPATH=tools $(VENV) tests/test_notebook_tools.py Hostile
	go test -run=NONE -fuzz=FuzzLoad -fuzztime=$(FUZZ) -fuzzminimizetime=1x ./nnlib
	go test -run=NONE -fuzz=FuzzReadIDX -fuzztime=$(FUZZ) -fuzzminimizetime=1x ./nnlib
	go test -run=NONE -fuzz=FuzzHandle -fuzztime=$(FUZZ) -fuzzminimizetime=1x ./nb/play
FAULTS := Killed|Processes|FullDisk|DiskHasRoom|InPlaceOf|OfASignal|Nobody|Places|Extreme|Million|GivenUp|AtMost|Mirror|Endless

# For authors: runs the notebooks, stores what they print and writes their student editions; see
# docs/authoring.md. NB=notebooks/one.ipynb runs one.
NB ?= $(wildcard notebooks/*.ipynb)
notebooks: .lab/kernel
	$(VENV) tools/notebooks.py $(NB)

# The speed of this machine: an epoch and an evaluation by each kernel and by the readable path.
# BENCH=bench.py, a script that compares `nnbook train` with other programs, is run as well.
.PHONY: bench
bench: .lab/bin/benchstat
	go build -o .lab/bin/nnbook ./cmd/nnbook
	go test -run=NONE -bench='Epoch|Evaluate' -count=6 ./nnlib | tee .lab/bench.txt
	.lab/bin/benchstat .lab/bench.txt
	$(if $(BENCH),$(PYTHON) $(BENCH) --cmd '$(CURDIR)/.lab/bin/nnbook train -sizes 784$(comma){hidden}$(comma)10 -epochs {epochs}')
comma := ,

# A class on a hub of this machine; NB=notebooks/one.ipynb names the chapter.
.PHONY: test-hub
test-hub: .lab/kernel .lab/hub/ok
	PYTHONPATH=tools .lab/hub/bin/python tests/test_hub.py $(if $(filter command line,$(origin NB)),$(NB))

# The book as web pages, in .lab/site.
.PHONY: site
site: .lab/venv/ok .lab/latex/ok .lab/have/go
	@PYTHONPATH=.lab/latex:tools $(VENV) web/website.py

# Looks at it in Chromium, where there is one.
.PHONY: test-site
test-site: site .lab/browser/ok
	PYTHONPATH=tools .lab/browser/bin/python tests/test_site.py

# The two chapters to play with, in JupyterLab and Chromium.
.PHONY: test-hands-on
test-hands-on: .lab/kernel .lab/browser/ok
	PYTHONPATH=tools .lab/browser/bin/python tests/test_hands_on.py

# The image, built and run without a container engine. Needs root and, of Debian, buildah, crun
# and debootstrap. IMAGE_DIR=/some/folder keeps what was built, for the next time.
.PHONY: test-image
test-image: .lab/kernel
	PYTHONPATH=tools $(VENV) tests/test_image.py $(IMAGE_DIR)

# What the site's formulas need, beside what the lab has.
.lab/latex/ok: tools/site/requirements.txt .lab/venv/ok
	rm -rf .lab/latex
	$(VENV) $(PIP) --target .lab/latex -r $<
	touch $@

# What drives the machine's Chromium, for the tests that need one.
.lab/browser/ok: tools/browser/requirements.txt .lab/have/python | .lab/have/path
	rm -rf .lab/browser
	$(PYTHON) -m venv .lab/browser
	.lab/browser/bin/python $(PIP) -r $<
	touch $@

# What the machine has; see tools/have.sh.
.lab/have/%: FORCE
	@sh tools/have.sh $*

# What a hub adds, for its test; the image puts the same into the lab's environment.
.lab/hub/ok: tools/hub/requirements.txt .lab/venv/ok
	rm -rf .lab/hub
	$(PYTHON) -m venv .lab/hub
	.lab/hub/bin/python $(PIP) -r tools/requirements.txt -r tools/hub/requirements.txt
	touch $@

.lab/venv/ok: tools/requirements.txt tools/overrides.json .lab/have/python | .lab/have/path
	rm -rf .lab/venv
	$(PYTHON) -m venv .lab/venv
	$(VENV) $(PIP) -r tools/requirements.txt
	mkdir -p .lab/venv/share/jupyter/lab/settings
	cp tools/overrides.json .lab/venv/share/jupyter/lab/settings/
	touch $@

TOOLS := tools/go.mod tools/go.sum .lab/have/go

.lab/bin/gonb: $(TOOLS) tools/gonb.sh | .lab/have/path
	sh tools/gonb.sh
	touch $@

.lab/bin/goimports: $(TOOLS)
	go -C tools install golang.org/x/tools/cmd/goimports
	touch $@

.lab/bin/benchstat: $(TOOLS)
	go -C tools install golang.org/x/perf/cmd/benchstat
	touch $@

.lab/bin/staticcheck: $(TOOLS)
	go -C tools install honnef.co/go/tools/cmd/staticcheck
	touch $@

.lab/kernel: .lab/have/path .lab/have/go .lab/have/python .lab/venv/ok .lab/bin/gonb .lab/bin/goimports tools/kernel.py
	$(VENV) tools/kernel.py $(GO)
	touch $@
