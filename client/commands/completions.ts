// ftp completions: a script that lets a shell complete ftp's commands and options, made from the table of commands.

import { Argument } from "commander";
import type { CommandModule, CommandRow } from "../../shared/command_line.ts";
import { bashScript } from "../completions/bash_script.ts";
import { type CommandShape, commandShapes } from "../completions/command_shape.ts";
import { fishScript } from "../completions/fish_script.ts";
import { zshScript } from "../completions/zsh_script.ts";

const SCRIPTS: Readonly<Record<string, (commands: readonly CommandShape[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The command, for the table it is a row of. */
export function completionsCommand(rows: () => readonly CommandRow[]): CommandModule {
  return {
    define: (command, world) => {
      command
        .addArgument(new Argument("<shell>", "which shell reads it").choices(Object.keys(SCRIPTS)))
        .addHelpText("after", HOW_TO)
        .action(async (shell: string) => {
          const script = SCRIPTS[shell]!(await commandShapes(rows(), world));
          world.stdout.print(script);
        });
    },
  };
}

const HOW_TO = `
For good, in a shell's start-up file:
  bash (~/.bashrc):  source <(ftp completions bash)
  zsh (~/.zshrc):    source <(ftp completions zsh)
  fish:              ftp completions fish > ~/.config/fish/completions/ftp.fish
`;
