# Everything that is done to this project is a target here; `make help` lists them.
# Only npm (with any Node from 18 on) must be there: scripts/run.sh brings the rest, Node 24 included, into node_modules.

RUN := scripts/run.sh
.DEFAULT_GOAL := help
.PHONY: help demo test e2e cluster-up cluster-down images check bench build generate docs proto-baseline format release-check clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

demo: ## Run everything on this machine until Ctrl-C and send sample requests (ONCE=1: end afterwards)
	@$(RUN) demo/src/main.ts

test: check ## Check, then run every test that needs no root (FILTER=part of a file's name)
	@$(RUN) scripts/test.ts $(FILTER)

e2e: ## Run the tests that need a cluster, on one made for them or on E2E_KUBECONFIG (FILTER=part of a file's name, KEEP=1)
	@$(RUN) e2e/cluster/main.ts test $(FILTER)

cluster-up: ## Start a Kubernetes cluster on this machine, with today's images in it (Linux, root)
	@$(RUN) e2e/cluster/main.ts up

cluster-down: ## End that cluster, whatever state it is in
	@$(RUN) e2e/cluster/main.ts down

images: ## Build all container images, one archive each in .culvert/images/
	@$(RUN) e2e/cluster/main.ts images

check: ## Types, lint, formatting, import boundaries, dead code, drift (STEP="one step")
	@$(RUN) scripts/check.ts $(if $(STEP),"$(STEP)")

bench: ## Measure speed and memory, against other proxies, COPY and bare servers (SUITES=…)
	@$(RUN) e2e/src/bench/main.ts

build: ## Bundle each process, and the command line, into one file each in dist/
	@$(RUN) scripts/build.ts

generate: ## Renew the code generated from proto/ and crds/
	@$(RUN) scripts/generated.ts --write
	@$(RUN) scripts/crds.ts --write --code

docs: ## Renew what is derived from the sources: the version, references, GraphQL schema, definitions in charts, statuses of requirements
	@$(RUN) scripts/version.ts --write
	@$(RUN) scripts/configuration.ts --write
	@$(RUN) cli/scripts/print-reference.ts --write
	@$(RUN) scripts/metrics.ts --write
	@$(RUN) scripts/crds.ts --write --pages
	@$(RUN) scripts/charts.ts --write
	@$(RUN) orchestrator/scripts/print-schema.ts --write
	@$(RUN) scripts/requirements.ts --write

proto-baseline: ## Accept today's wire contract as what must stay compatible
	@$(RUN) node_modules/@bufbuild/buf/bin/buf build proto --output proto/baseline.binpb

format: ## Format all files
	@$(RUN) node_modules/prettier/bin/prettier.cjs --write --log-level=warn .

release-check: ## Build what a release publishes (charts, images, command) into .culvert/release/, and try it (Linux, root)
	@$(RUN) scripts/release-check.ts

clean: ## Remove the data of demo and tests, bundles and caches; node_modules stays
	@rm -rf .culvert dist node_modules/.cache
