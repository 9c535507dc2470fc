// Completion for bash: one function over tables of words.

import { type CommandShape, SITE_NAMES } from "./command_shape.ts";

const SITES = `$(${SITE_NAMES})`;

/** The script that `source <(ftp completions bash)` reads. */
export function bashScript(commands: readonly CommandShape[]): string {
  const words = (shape: CommandShape) => [
    ...shape.subcommands.map(({ name }) => name),
    ...shape.choices,
    ...shape.options.flatMap(({ names }) => names),
    ...shape.takesSite ? [SITES] : [],
  ];
  const paths = commands.flatMap((command) => [
    { path: command.name, shape: command },
    ...command.subcommands.map((shape) => ({ path: `${command.name} ${shape.name}`, shape })),
  ]);
  const wordLines = paths.map(({ path, shape }) =>
    `    "${path}") words="${words(shape).join(" ")}";;`
  );
  const valueLines = paths.flatMap(({ path, shape }) =>
    shape.options.filter(({ takesValue }) => takesValue).map(({ names, choices, takesSite }) => {
      const patterns = names.map((name) => `"${path} ${name}"`).join("|");
      const values = takesSite ? [SITES] : choices;
      return `    ${patterns}) values="${values.join(" ")}"; takes=yes;;`;
    })
  );
  return `# bash completion for ftp: source <(ftp completions bash)
_ftp() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  local path="" words="" values="" takes="" at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${COMP_WORDS[at]}" in -*) break;; esac
    case "$path" in
      "") path="\${COMP_WORDS[at]}";;
      ${groups(commands).join("|") || "-"}) path="$path \${COMP_WORDS[at]}"; break;;
      *) break;;
    esac
  done
  case "$path $previous" in
${valueLines.join("\n")}
  esac
  if [[ -n $takes ]]; then
    if [[ -n $values ]]; then COMPREPLY=($(compgen -W "$values" -- "$current"))
    else compopt -o default; COMPREPLY=()
    fi
    return
  fi
  case "$path" in
    "") words="${[...commands.map(({ name }) => name), "help", "--help", "--version"].join(" ")}";;
    help) words="${commands.map(({ name }) => name).join(" ")}";;
${wordLines.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ \${#COMPREPLY[@]} -eq 0 && $current != -* ]]; then compopt -o default; fi
}
complete -F _ftp ftp
`;
}

/** Commands whose next word is a command too. */
function groups(commands: readonly CommandShape[]): string[] {
  return commands.filter(({ subcommands }) => subcommands.length > 0).map(({ name }) => name);
}
