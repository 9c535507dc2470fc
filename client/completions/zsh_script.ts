// Completion for zsh: _arguments specifications, one function a command.

import { type CommandShape, type OptionShape, SITE_NAMES } from "./command_shape.ts";

const SITES = `{compadd -- $(${SITE_NAMES})}`;

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
    return `${indent}_arguments ${[...options, argument(command)].join(` \\\n${indent}  `)}`;
  }
  const cases = command.subcommands.map((sub) =>
    `${indent}    ${sub.name}) _arguments ${
      [...sub.options.map(specification), argument(sub)].join(` \\\n${indent}      `)
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

function argument({ choices, takesSite }: CommandShape): string {
  if (takesSite) return quoted(`*: :${SITES}`);
  return quoted(choices.length > 0 ? `1:: :(${choices.join(" ")})` : "*: :_files");
}

function described({ name, help }: CommandShape): string {
  return quoted(`${name}:${help}`);
}

function specification({ names, help, takesValue, choices, takesSite }: OptionShape): string {
  const text = help.replace(/[[\]:\\]/g, "\\$&");
  const values = takesSite ? SITES : choices.length > 0 ? `(${choices.join(" ")})` : "_files";
  const value = takesValue ? `: :${values}` : "";
  const group = names.length > 1 ? quoted(`(${names.join(" ")})`) : "";
  const flags = names.length > 1 ? `{${names.join(",")}}` : names[0] ?? "";
  return `${group}${flags}${quoted(`[${text}]${value}`)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
