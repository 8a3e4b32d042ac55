"""--help, the man page and the three completions name the same long options."""

import os
import pathlib
import re
import subprocess
import unittest

BUILD = pathlib.Path(os.environ["WSKIT_BUILD_DIR"])
SOURCE = pathlib.Path(__file__).resolve().parents[2]

# Program, man page. A program is tested as soon as it has a man page.
PROGRAMS = (("wsc", "wsc.1"), ("wsd", "wsd.8"), ("wsbench", "wsbench.1"))


def read(path):
    return (SOURCE / path).read_text()


def completion(name):
    return SOURCE / "completions" / name


def help_text(program, *command):
    return subprocess.run([BUILD / f"apps/{program}/{program}", *command, "--help"], check=True,
                          capture_output=True, text=True, timeout=20).stdout


def commands_of_help(program):
    """Those that ask a running daemon, and so have options of their own."""
    _, _, listed = help_text(program).partition("\nSubcommands:\n")
    return set(re.findall(r"^  ([a-z]+) ", listed.partition("\n\n")[0], re.M)) - {"check"}


def options_of_help(program, *command):
    lines = [line for line in help_text(program, *command).splitlines() if re.match(r" +-", line)]
    names = "\n".join(line.strip().split("  ")[0].split("[")[0] for line in lines)
    return set(re.findall(r"--([a-z][a-z0-9-]*)", names))


def options_of_man(page, command=None):
    before, _, rest = read(f"man/{page}").partition("\n.Sh COMMANDS\n")
    commands, _, after = rest.partition("\n.Sh ")
    text = before + after
    if command:
        shared, *parts = commands.split("\n.Ss ")
        text = shared + "".join(part for part in parts if part.startswith(command + "\n"))
    items = [line for line in text.splitlines() if line.startswith(".It Fl")]
    return set(re.findall(r"Fl -([a-z][a-z0-9-]*)", "\n".join(items)))


def options_of_bash(program):
    """Those offered, and those after which a value is due."""
    text = re.sub(r"(?s)_wsd_command\(\) {\n.*?\n}\n", "", completion(f"{program}.bash").read_text())
    return set(re.findall(r"(?<![\w-])--([a-z][a-z0-9-]*)", text))


def offered_by_bash(program, command):
    """What completing `program command --` gives."""
    script = (f'source "$1"; COMP_WORDS=({program} {command} --); COMP_CWORD=2; _{program}; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    offered = subprocess.run(["bash", "-c", script, "bash", completion(f"{program}.bash")],
                             check=True, capture_output=True, text=True, timeout=20).stdout
    return {word.removeprefix("--") for word in offered.split()}


def options_of_zsh(program, command=None):
    commands, found, rest = completion(f"_{program}").read_text().partition("\nfi\n")
    text = rest if found else commands
    if command:
        shared, *parts = re.split(r"\n    (?=[a-z| ]+\)\n)", commands)
        text = shared + "".join(part for part in parts
                                if command in re.findall(r"[a-z]+", part.partition(")")[0]))
    return set(re.findall(r"--([a-z][a-z0-9-]*)(?=[=\[}'])", text))


def options_of_fish(program, command=None):
    found = set()
    for line in completion(f"{program}.fish").read_text().splitlines():
        condition = re.search(r" -n ('[^']*'|\"[^\"]*\") ", line)
        wanted = f"'__fish_seen_subcommand_from {command}'" if command else '"$daemon"'
        if line.startswith("complete ") and (condition is None or condition[1] == wanted):
            found |= set(re.findall(r" -l ([a-z][a-z0-9-]*)", line))
    return found


class DocsOptions(unittest.TestCase):
    def test_all_places_name_the_same_long_options(self):
        programs = [entry for entry in PROGRAMS if (SOURCE / "man" / entry[1]).exists()]
        self.assertIn("wsc", dict(programs))
        for program, page in programs:
            expected = options_of_help(program)
            self.assertGreater(len(expected), 5)
            for place, found in (("man page", options_of_man(page)),
                                 ("bash", options_of_bash(program)),
                                 ("zsh", options_of_zsh(program)),
                                 ("fish", options_of_fish(program))):
                with self.subTest(program=program, place=place):
                    self.assertEqual(found, expected)

    def test_all_places_name_the_same_options_of_commands(self):
        commands = commands_of_help("wsd")
        self.assertEqual(commands, {"publish", "sessions", "kick", "drain", "reload"})
        for command in sorted(commands):
            expected = options_of_help("wsd", command)
            self.assertLessEqual({"api", "api-key-file", "config", "help"}, expected)
            for place, found in (("man page", options_of_man("wsd.8", command)),
                                 ("bash", offered_by_bash("wsd", command)),
                                 ("zsh", options_of_zsh("wsd", command)),
                                 ("fish", options_of_fish("wsd", command))):
                with self.subTest(command=command, place=place):
                    self.assertEqual(found, expected)

    def test_the_scripts_are_those_that_the_programs_write(self):
        for program in ("wsc", "wsbench"):
            for shell, name in (("bash", f"{program}.bash"), ("zsh", f"_{program}"),
                                ("fish", f"{program}.fish")):
                with self.subTest(name):
                    written = subprocess.run([BUILD / f"apps/{program}/{program}", "--completion",
                                              shell], check=True, capture_output=True, text=True,
                                             timeout=20).stdout
                    self.assertEqual(completion(name).read_text(), written,
                                     f"{program} --completion {shell} > completions/{name}")

    def test_shells_understand_their_scripts(self):
        for program, _ in PROGRAMS:
            for shell, name in (("bash", f"{program}.bash"), ("zsh", f"_{program}"),
                                ("fish", f"{program}.fish")):
                with self.subTest(name):
                    subprocess.run([shell, "-n", completion(name)], check=True, timeout=20)

    def test_values_are_completed_too(self):
        script = f"source {completion('wsc.fish')}; complete -C 'wsc --format '"
        offered = subprocess.run(["fish", "-c", script], check=True, capture_output=True, text=True,
                                 timeout=20).stdout
        self.assertEqual({line.split("\t")[0] for line in offered.splitlines()},
                         {"pretty", "raw", "json", "hex"})
        script = ('source "$1"; COMP_WORDS=(wsc --tls-min 1.); COMP_CWORD=2; _wsc; '
                  'echo "${COMPREPLY[@]}"')
        offered = subprocess.run(["bash", "-c", script, "bash", completion("wsc.bash")], check=True,
                                 capture_output=True, text=True, timeout=20).stdout
        self.assertEqual(offered.split(), ["1.0", "1.1", "1.2", "1.3"])

    def test_modes_of_wsbench_are_completed_and_files_after_merge(self):
        script = (f"source {completion('wsbench.fish')}; complete -C 'wsbench '; "
                  "echo ++; complete -C 'wsbench merge READ'")
        words, _, files = subprocess.run(["fish", "-c", script], check=True, capture_output=True,
                                         text=True, timeout=20, cwd=SOURCE).stdout.partition("++\n")
        self.assertLessEqual({"echo", "storm", "search", "compare", "merge"}, set(words.split()))
        self.assertIn("README.md", files)
        for words, expected in (("wsbench sea", ["search"]), ("wsbench merge READ", ["README.md"]),
                                ("wsbench wss", ["wss://"]), ("wsbench echo wss", ["wss://"])):
            script = ('source "$1"; compopt() { :; }; COMP_WORDS=($2); '
                      'COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _wsbench; echo "${COMPREPLY[@]}"')
            offered = subprocess.run(["bash", "-c", script, "bash", completion("wsbench.bash"),
                                      words], check=True, capture_output=True, text=True,
                                     timeout=20, cwd=SOURCE).stdout
            with self.subTest(words):
                self.assertEqual(offered.split(), expected)

    def test_man_pages_are_clean(self):
        for page in sorted((SOURCE / "man").iterdir()):
            with self.subTest(page=page.name):
                result = subprocess.run(["mandoc", "-Tlint", "-W", "warning", page],
                                        capture_output=True, text=True, timeout=20)
                self.assertEqual((result.returncode, result.stdout), (0, ""))


if __name__ == "__main__":
    unittest.main()
