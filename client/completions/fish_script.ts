// Completion for fish: one `complete` line for each word.

import { type CommandShape, SITE_NAMES } from "./command_shape.ts";

const SITES = `(${SITE_NAMES})`;

/** The script that `ftp completions fish | source` reads. */
export function fishScript(commands: readonly CommandShape[]): string {
  const start = "complete -c ftp -n __fish_use_subcommand";
  const own = [
    `${start} -f -a help -d 'tells more of a command'`,
    `${start} -l version -d 'tells the version'`,
    `${start} -s h -l help -d 'shows help'`,
    `complete -c ftp -n '__fish_seen_subcommand_from help' -f -a ${
      quoted(commands.map(({ name }) => name).join(" "))
    }`,
  ];
  const lines = commands.flatMap((command) => [
    `${start} -f -a ${command.name} -d ${quoted(command.help)}`,
    ...below(command, `__fish_seen_subcommand_from ${command.name}`),
    ...command.subcommands.flatMap((sub) => {
      const names = command.subcommands.map(({ name }) => name).join(" ");
      const isOpen = `__fish_seen_subcommand_from ${command.name}; and not ` +
        `__fish_seen_subcommand_from ${names}`;
      const isChosen = `__fish_seen_subcommand_from ${command.name}; and ` +
        `__fish_seen_subcommand_from ${sub.name}`;
      return [
        `complete -c ftp -n ${quoted(isOpen)} -f -a ${sub.name} -d ${quoted(sub.help)}`,
        ...below(sub, isChosen),
      ];
    }),
  ]);
  return `# fish completion for ftp: ftp completions fish | source\n${
    [...own, ...lines].join("\n")
  }\n`;
}

function below(
  { options, choices, takesSite }: CommandShape,
  condition: string,
): string[] {
  const start = `complete -c ftp -n ${quoted(condition)}`;
  const words = takesSite ? [SITES] : choices;
  const values = words.length > 0 ? [`${start} -f -a ${quoted(words.join(" "))}`] : [];
  return [
    ...values,
    ...options.map(({ names, help, takesValue, choices, takesSite }) => {
      const flags = names.map((name) =>
        name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`
      );
      const value = !takesValue
        ? ""
        : takesSite
        ? ` -x -a ${quoted(SITES)}`
        : choices.length > 0
        ? ` -x -a ${quoted(choices.join(" "))}`
        : " -r";
      return `${start} ${flags.join(" ")}${value} -d ${quoted(help)}`;
    }),
  ];
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
