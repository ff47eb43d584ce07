# libllama, for the local engine (engine_local.so); without it all else is built.
# It is taken from LLAMA_DIR, a prefix that llama.cpp was installed to; else from
# where pkg-config knows llama; else from what `make llama` has fetched. What
# stands in its llama.pc is the release of headers and library alike; the engine
# refuses to start with another. LLAMA_DIR=none builds without.
comma := ,
LLAMA_CACHE ?= .llama
LLAMA_OLDEST = 0.5.0

ifneq ($(filter-out clean help uninstall,$(GOALS)),)
llama_pc = $(firstword $(wildcard $(1)/lib*/pkgconfig/llama.pc \
               $(1)/lib/*/pkgconfig/llama.pc))
ifeq ($(LLAMA_DIR),)
LLAMA_PC := $(shell $(PKG_CONFIG) --atleast-version=$(LLAMA_OLDEST) llama \
                2>/dev/null && echo llama)
LLAMA_PC := $(or $(LLAMA_PC),$(call llama_pc,$(LLAMA_CACHE)))
else ifneq ($(LLAMA_DIR),none)
LLAMA_PC := $(call llama_pc,$(LLAMA_DIR))
ifeq ($(LLAMA_PC),)
$(error LLAMA_DIR=$(LLAMA_DIR): no lib/pkgconfig/llama.pc there; it wants a \
prefix that llama.cpp was installed to)
endif
ifneq ($(shell $(PKG_CONFIG) --atleast-version=$(LLAMA_OLDEST) $(LLAMA_PC) \
          && echo yes),yes)
$(error LLAMA_DIR=$(LLAMA_DIR): older than llama.cpp $(LLAMA_OLDEST))
endif
endif
endif

ifneq ($(LLAMA_PC),)
LLAMA_RELEASE := $(shell $(PKG_CONFIG) --modversion $(LLAMA_PC))
LLAMA_CFLAGS := $(patsubst -I%,-isystem %,\
                    $(shell $(PKG_CONFIG) --cflags $(LLAMA_PC)))
# A library that the system does not find by itself lies in, or is linked to
# from, the folder llama beside what uses it.
LLAMA_LIBDIR := $(if $(filter-out llama,$(LLAMA_PC)),$(abspath \
                    $(patsubst %/pkgconfig/,%,$(dir $(LLAMA_PC)))))
LLAMA_LIBS := $(shell $(PKG_CONFIG) --libs $(LLAMA_PC)) \
              $(if $(LLAMA_LIBDIR),-Wl$(comma)-rpath$(comma)'$$ORIGIN/llama')
LLAMA_LINK := $(if $(LLAMA_LIBDIR),$(BUILD)/llama)
LLAMA_MODULE = $(BUILD)/engine_local.so
LLAMA_INSTALL = $(if $(LLAMA_LINK),rm -rf $(DEST)/lib/seqeval/llama && \
    cp -RL $(LLAMA_LINK) $(DEST)/lib/seqeval/llama && \
    rm -rf $(DEST)/lib/seqeval/llama/pkgconfig)
endif

$(BUILD)/src/engine/engine_local.o: ALL_CFLAGS += $(LLAMA_CFLAGS) \
    -DSQ_LLAMA_RELEASE='"$(LLAMA_RELEASE)"'
$(BUILD)/src/engine/engine_local.o: $(filter-out llama,$(LLAMA_PC))
$(BUILD)/engine_local.so: $(BUILD)/src/engine/engine_local.o \
                          $(BUILD)/libseqeval.a | $(LLAMA_LINK)
	$(call say,LINK)$(LINK) -shared $(MODULE_LDFLAGS) -o $@ $^ $(LLAMA_LIBS) -lm

# Where the library lies, for what is run from the build folder.
$(BUILD)/llama: $(if $(LLAMA_LIBDIR),$(LLAMA_PC))
	@mkdir -p $(@D)
	@ln -sfn $(LLAMA_LIBDIR) $@

llama: ## get libllama for --model local:FILE, unless it is here
	@$(if $(LLAMA_PC),echo "make llama: libllama $(LLAMA_RELEASE) is here",\
	    LLAMA_CACHE=$(LLAMA_CACHE) sh mk/llama.sh)
.PHONY: llama
