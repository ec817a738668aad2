/** Quotes a value so that a POSIX shell reads it back unchanged. */
export const quote = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;

/** One line that exports a variable. */
export const exportVariable = (name: string, value: string): string =>
  `export ${name}=${quote(value)}\n`;

/** One line that puts a file, readable by root alone, into the run's own folder `$FILES`. */
export const stageFile = (name: string, content: string): string =>
  `printf %s ${quote(content)} >"$FILES"/${quote(name)}\n`;

/** Root needs no sudo, and minimal machines do not have it. */
export const asRoot = (user: string): string => (user === "root" ? "" : "sudo -n ");
