import { compileRules, type CompiledRules } from '@culvert/traffic/select/compile';
import type { PortRules } from '@culvert/traffic/select/rules';

/** Rules of all ports, as a configuration document holds them. */
export interface RulesByPort {
  /** By the application's port number, as text. */
  readonly ports: Readonly<Record<string, PortRules>>;
  /** For every port that `ports` does not name. */
  readonly otherPorts: PortRules;
}

/** What holds now for one port. Whoever has it sees changes at once. */
export interface PortSelection {
  readonly rules: CompiledRules;
}

/** The rules in force, by the port that callers address at the application. */
export class PortTable {
  readonly #selections = new Map<number, { rules: CompiledRules }>();
  #rules: RulesByPort;

  constructor(rules: RulesByPort) {
    this.#rules = rules;
  }

  /** The selection of a port, which later changes alter in place. */
  forPort(port: number): PortSelection {
    const known = this.#selections.get(port);
    if (known !== undefined) return known;
    const selection = { rules: this.#compile(port) };
    this.#selections.set(port, selection);
    return selection;
  }

  /** Puts other rules in force: they hold for every exchange and every connection that begins from now on. */
  replace(rules: RulesByPort): void {
    this.#rules = rules;
    for (const [port, selection] of this.#selections) selection.rules = this.#compile(port);
  }

  #compile(port: number): CompiledRules {
    return compileRules(this.#rules.ports[String(port)] ?? this.#rules.otherPorts);
  }
}
