# seqeval: `make`, `make run`, `make test`, `make lint`; see `make help`.
BUILD ?= build
PREFIX ?= /usr/local
PKG_CONFIG ?= pkg-config
FUZZ_SECONDS ?= 60
FUZZ_CC ?= clang
.DEFAULT_GOAL = all

CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
       -Wmissing-prototypes -Wold-style-definition -Wwrite-strings -Wundef \
       -Wvla -Wformat=2 -Wconversion -Wno-sign-conversion

# ---- libraries, by their pkg-config names ---------------------------------
PKGS = libcjson libpcre2-8 sqlite3 zlib libcrypto libexttextcat expat
MODULE_PKGS = libcurl

GOALS = $(or $(MAKECMDGOALS),all)
ifneq ($(filter-out clean help uninstall lint-%,$(GOALS)),)
MISSING := $(shell command -v $(PKG_CONFIG) >/dev/null || { echo pkg-config; \
    exit; }; for p in $(PKGS) $(MODULE_PKGS); do \
    $(PKG_CONFIG) --exists $$p || echo $$p; done)
ifneq ($(MISSING),)
$(error not installed: $(MISSING) (names as for pkg-config). ./bootstrap run \
installs what is missing)
endif
# Where the fingerprints of languages lie.
TEXTCAT_DIR := $(shell $(PKG_CONFIG) --variable=pkgdatadir libexttextcat)
# Where the profiles of langdetect lie, if they do; see benchmarks/ifeval.
LANGDETECT_DIR ?= /usr/lib/python3/dist-packages/langdetect/profiles
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) $(MODULE_PKGS))
LIBS := $(shell $(PKG_CONFIG) --libs $(PKGS)) -lm -ldl
# Without it programs are not run; see src/sandbox.
SECCOMP_LIBS := $(shell $(PKG_CONFIG) --libs libseccomp 2>/dev/null)
MODULE_LIBS := $(shell $(PKG_CONFIG) --libs $(MODULE_PKGS)) -lm
endif

include mk/llama.mk mk/models.mk

# ---- flags ----------------------------------------------------------------
# SANITIZE=address,undefined builds everything with the sanitizers.
ifdef SANITIZE
SANITIZE_FLAGS = -fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
                 -fno-sanitize-recover=all
endif
CPP_FLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
            -Isrc -Iinclude -DSQ_PREFIX='"$(PREFIX)"' \
            -DSQ_TEXTCAT_DIR='"$(TEXTCAT_DIR)"' \
            -DSQ_LANGDETECT_DIR='"$(LANGDETECT_DIR)"' $(PKG_CFLAGS) \
            $(if $(SECCOMP_LIBS),-DSQ_SECCOMP)
ALL_CFLAGS = $(CPP_FLAGS) -MMD -MP -fPIC $(WARN) $(if $(WERROR),-Werror) \
             $(CFLAGS) $(SANITIZE_FLAGS)
LINK = $(CC) $(CFLAGS) $(SANITIZE_FLAGS) $(LDFLAGS)
# V=1 shows the commands themselves.
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $@; )

# ---- what is built --------------------------------------------------------
# http.so is apart because libcurl alone doubles the time of every start.
MODULE_SRC = src/engine/http.c src/engine/engine_local.c
# sandbox is a program of its own: it starts what must know nothing of this one.
HELPER_SRC = src/sandbox/jail.c src/sandbox/filter.c
LIB_SRC = $(filter-out $(MODULE_SRC) $(HELPER_SRC),$(wildcard src/*/*.c))
LIB_OBJ = $(LIB_SRC:%.c=$(BUILD)/%.o) $(BUILD)/assets.o
MODULES = $(BUILD)/http.so $(LLAMA_MODULE)
HELPER = $(if $(filter Linux,$(shell uname)),$(BUILD)/sandbox)
UNIT_SRC = $(wildcard tests/unit/test_*.c)
UNIT_BIN = $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/%)
FUZZ_SRC = $(wildcard tests/fuzz/fuzz_*.c)
REPLAY_BIN = $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/tests/%)
FUZZ_BIN = $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
STUB_SRC = $(wildcard tests/http/stub*.c)
TOOL_SRC = $(wildcard tests/http/stub.c tests/http/bare_client.c tests/tools/*.c)
TOOL_BIN = $(addprefix $(BUILD)/,$(basename $(notdir $(TOOL_SRC))))
ALL_SRC = $(wildcard src/*.c src/*/*.[ch] include/*.h t*/*/*.[ch])

all: $(BUILD)/seqeval $(MODULES) $(HELPER) $(BUILD)/seqeval.1 ## build the program

$(BUILD)/seqeval: $(BUILD)/src/main.o $(BUILD)/libseqeval.a
	$(call say,LINK)$(LINK) -o $@ $^ $(LIBS)

include mk/chart.mk

$(BUILD)/libseqeval.a: $(LIB_OBJ)
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $^

# With its own copy of what it uses of the library, so that any program can load
# it; of all that only its table is to be seen.
MODULE_LDFLAGS ?= -Wl,--exclude-libs,ALL
$(BUILD)/http.so: $(BUILD)/src/engine/http.o $(BUILD)/libseqeval.a
	$(call say,LINK)$(LINK) -shared $(MODULE_LDFLAGS) -o $@ $^ $(MODULE_LIBS)

$(BUILD)/driver.o: src/sandbox/driver.py
	@mkdir -p $(@D)
	$(call say,LD)$(LD) -r -b binary -z noexecstack -o $@ $<
$(BUILD)/sandbox: $(HELPER_SRC:%.c=$(BUILD)/%.o) $(BUILD)/driver.o \
                  $(BUILD)/libseqeval.a
	$(call say,LINK)$(LINK) -o $@ $^ $(SECCOMP_LIBS)

$(BUILD)/seqeval.1: seqeval.1.in include/seqeval.h
	@mkdir -p $(@D)
	$(call say,MAN)sed "s/@VERSION@/$$(sed -n \
	    's/^#define SQ_VERSION "\(.*\)"/\1/p' include/seqeval.h)/" $< >$@

# Objects are made again when the compiler or a flag changes.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$FLAGS_NOW" | cmp -s - $@ || \
	    printf '%s\n' "$$FLAGS_NOW" >$@
$(BUILD)/flags: export FLAGS_NOW = $(CC) $(ALL_CFLAGS)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(UNIT_BIN): $(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(BUILD)/libseqeval.a
	@mkdir -p $(@D)
	$(call say,LINK)$(LINK) -rdynamic -o $@ $^ -lcmocka $(LIBS)

# A fuzz target with a main that feeds it the files of its corpus.
$(REPLAY_BIN): $(BUILD)/tests/%: $(BUILD)/tests/fuzz/%.o \
               $(BUILD)/tests/fuzz/replay.o $(BUILD)/libseqeval.a
	@mkdir -p $(@D)
	$(call say,LINK)$(LINK) -rdynamic -o $@ $^ $(LIBS)

# The same target with libFuzzer's main.
$(FUZZ_BIN): $(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/libseqeval.a
	@mkdir -p $(@D)
	$(call say,LINK)$(LINK) -fsanitize=fuzzer -rdynamic -o $@ $^ $(LIBS)

# The stub server and the other programs that tests run.
$(BUILD)/stub: $(STUB_SRC:%.c=$(BUILD)/%.o) $(BUILD)/libseqeval.a
	$(call say,LINK)$(LINK) -o $@ $^ $(LIBS)

$(BUILD)/bare_client: $(BUILD)/tests/http/bare_client.o $(BUILD)/libseqeval.a
	$(call say,LINK)$(LINK) -o $@ $^ $(LIBS) $(MODULE_LIBS)

$(filter-out $(BUILD)/stub $(BUILD)/bare_client,$(TOOL_BIN)): $(BUILD)/%: \
        $(BUILD)/tests/tools/%.o $(BUILD)/libseqeval.a
	$(call say,LINK)$(LINK) -o $@ $^ $(LIBS)

# ---- what is done with it -------------------------------------------------
run: all $(TOOL_BIN) ## the main job: models on a leaderboard
	@BUILD=$(BUILD) sh tests/tools/run.sh

tests: all $(UNIT_BIN) $(REPLAY_BIN) $(TOOL_BIN) $(TRAINER) ## build all that test needs
test: tests ## run every test; ends with "N passed, N failed"
	@BUILD=$(BUILD) sh tests/run.sh

asan: ## the same under the address and undefined behaviour sanitizers
	@$(MAKE) --no-print-directory test BUILD=build-asan SANITIZE=address,undefined

fuzz-bin: $(FUZZ_BIN)
fuzz: ## run each fuzz target for FUZZ_SECONDS (60)
	@command -v $(FUZZ_CC) >/dev/null || \
	    { echo "make fuzz needs clang: ./bootstrap lint installs it"; exit 1; }
	@$(MAKE) --no-print-directory fuzz-bin BUILD=build-fuzz CC=$(FUZZ_CC) \
	    SANITIZE=fuzzer-no-link,address,undefined
	@BUILD=build-fuzz sh tests/fuzz/run.sh $(FUZZ_SECONDS)

bench: all $(TOOL_BIN) ## measure speed and memory
	@for b in tests/bench/*.sh; do BUILD=$(BUILD) sh $$b || exit 1; done

lint: ## format, clang-tidy, cppcheck, layers, banned functions, sizes
	@BUILD=$(BUILD) sh tests/lint/run.sh
lint: export TIDY_FLAGS = $(CPP_FLAGS) $(LLAMA_CFLAGS) \
    -DSQ_LLAMA_RELEASE='"$(LLAMA_RELEASE)"'

format: ## rewrite the sources as make lint wants them
	clang-format -i $(ALL_SRC)

include mk/install.mk

clean: ## remove everything built
	rm -rf build build-asan build-fuzz $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile mk/*.mk | \
	    while IFS='	' read -r t h; do printf '%-10s %s\n' "$$t" "$$h"; done

FORCE:
.SECONDARY:
.PHONY: all run tests test asan fuzz fuzz-bin bench lint format install \
        uninstall clean help FORCE
ifneq ($(filter-out clean help,$(GOALS)),)
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
endif
