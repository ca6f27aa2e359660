/** How every command shows its options: which must be given, and the defaults that say something. */
import { type Command, Help, type Option } from 'commander';

const plain = new Help();

/** Commands that are added afterwards show their options in the same way. */
export function withHelp(program: Command): Command {
  return program.configureHelp({ optionDescription });
}

function optionDescription(option: Option): string {
  if (option.mandatory) return `${plain.optionDescription(option)} (required)`;
  // That a switch is off unless it is given needs no words.
  return option.isBoolean() ? option.description : plain.optionDescription(option);
}
