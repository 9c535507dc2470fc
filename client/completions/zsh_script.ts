// Completion for zsh: _arguments specifications, one function a command.

import type { CommandShape, OptionShape } from "./command_shape.ts";

/** The script that goes into a file `_ftp` of $fpath, or is read by `source <(ftp completions zsh)`. */
export function zshScript(commands: readonly CommandShape[]): string {
  return `#compdef ftp
# zsh completion for ftp: source <(ftp completions zsh)
_ftp() {
  local context state line
  local -a all=(
${commands.map((command) => `    ${described(command)}`).join("\n")}
  )
  _arguments -C '(-h --help)'{-h,--help}'[shows help]' '--version[tells the version]' '1: :->command' '*:: :->rest'
  case $state in
    command)
      local -a commands=($all ${quoted("help:tells more of a command")})
      _describe command commands;;
    rest)
      case $line[1] in
        help) (( CURRENT == 2 )) && _describe command all;;
${
    commands.map((command) => `        ${command.name})\n${body(command, "          ")};;`).join(
      "\n",
    )
  }
      esac;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _ftp "$@"; else compdef _ftp ftp; fi
`;
}

function body(command: CommandShape, indent: string): string {
  const options = command.options.map(specification);
  if (command.subcommands.length === 0) {
    const rest = command.choices.length > 0
      ? quoted(`1:: :(${command.choices.join(" ")})`)
      : quoted("*: :_files");
    return `${indent}_arguments ${[...options, rest].join(` \\\n${indent}  `)}`;
  }
  const cases = command.subcommands.map((sub) =>
    `${indent}    ${sub.name}) _arguments ${
      [...sub.options.map(specification), quoted("*: :_files")].join(` \\\n${indent}      `)
    };;`
  );
  return [
    `${indent}if (( CURRENT == 2 )); then`,
    `${indent}  local -a commands=(${command.subcommands.map(described).join(" ")})`,
    `${indent}  _describe command commands`,
    `${indent}else`,
    `${indent}  case $words[2] in`,
    ...cases,
    `${indent}  esac`,
    `${indent}fi`,
  ].join("\n");
}

function described({ name, help }: CommandShape): string {
  return quoted(`${name}:${help}`);
}

function specification({ names, help, takesValue, choices }: OptionShape): string {
  const text = help.replace(/[[\]:\\]/g, "\\$&");
  const value = !takesValue ? "" : choices.length > 0 ? `: :(${choices.join(" ")})` : ": :_files";
  const group = names.length > 1 ? quoted(`(${names.join(" ")})`) : "";
  const flags = names.length > 1 ? `{${names.join(",")}}` : names[0] ?? "";
  return `${group}${flags}${quoted(`[${text}]${value}`)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
