# The two tiny models of benchmarks/chain/models: made anew by `make models`. The
# program that trains them, tools/train, is no part of seqeval; it wants libllama
# (mk/llama.mk) for ggml, and as a second opinion on what it made.
TRAIN_SRC = $(wildcard tools/train/*.c)
TRAINER := $(if $(LLAMA_PC),$(BUILD)/train_chain)
LLAMA_BACKENDS := $(if $(LLAMA_LINK),$(LLAMA_LINK),$(if $(LLAMA_PC),$(shell \
                      $(PKG_CONFIG) --variable=libdir $(LLAMA_PC))))

$(TRAIN_SRC:%.c=$(BUILD)/%.o): CPP_FLAGS += $(LLAMA_CFLAGS)

$(BUILD)/train_chain: $(TRAIN_SRC:%.c=$(BUILD)/%.o) $(BUILD)/libseqeval.a \
                      | $(LLAMA_LINK)
	$(call say,LINK)$(LINK) -o $@ $^ $(LLAMA_LIBS) $(LIBS)

# What is tested of it without ggml.
$(BUILD)/tests/test_train: $(BUILD)/tools/train/corpus.o

# What includes libllama's headers is read where they are.
lint: export TIDY_LLAMA = $(LLAMA_PC)

models: all $(TRAINER) ## train the tiny models of benchmarks/chain/models anew
	@BUILD=$(BUILD) BACKENDS=$(LLAMA_BACKENDS) sh mk/models.sh
.PHONY: models
