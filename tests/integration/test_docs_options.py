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


def options_of_help(program):
    text = subprocess.run([BUILD / f"apps/{program}/{program}", "--help"], check=True,
                          capture_output=True, text=True, timeout=20).stdout
    lines = [line for line in text.splitlines() if re.match(r" +-", line)]
    return set(re.findall(r"--([a-z][a-z0-9-]*)", "\n".join(line.split("  ")[1] for line in lines)))


def options_of_man(page):
    items = [line for line in read(f"man/{page}").splitlines() if line.startswith(".It Fl")]
    return set(re.findall(r"Fl -([a-z][a-z0-9-]*)", "\n".join(items)))


def options_of_bash(program):
    """Those offered, and those after which a value is due."""
    text = read(f"completions/{program}.bash")
    return set(re.findall(r"(?<![\w-])--([a-z][a-z0-9-]*)", text))


def options_of_zsh(program):
    return set(re.findall(r"--([a-z][a-z0-9-]*)(?=[=\[}'])", read(f"completions/_{program}")))


def options_of_fish(program):
    return set(re.findall(r" -l ([a-z][a-z0-9-]*)", read(f"completions/{program}.fish")))


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

    def test_man_pages_are_clean(self):
        for page in sorted((SOURCE / "man").iterdir()):
            with self.subTest(page=page.name):
                result = subprocess.run(["mandoc", "-Tlint", "-W", "warning", page],
                                        capture_output=True, text=True, timeout=20)
                self.assertEqual((result.returncode, result.stdout), (0, ""))


if __name__ == "__main__":
    unittest.main()
