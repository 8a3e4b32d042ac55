"""How wsbench judges what it measured: thresholds, comparisons, searches and merged reports."""

import json
import resource
import signal
import subprocess
import unittest
import xml.etree.ElementTree

import jsonschema

from wsbench_support import SOURCE, TOLERANT, WSBENCH, Bench, WsbenchTest
from wsc_support import DEADLINE_S, echo

SCHEMA = json.loads((SOURCE / "docs/wsbench-report.schema.json").read_text())


async def sink(_, websocket):
    async for _ in websocket:
        pass


class JudgingTest(WsbenchTest):
    def judged(self, code, *arguments, **options):
        """The report of a run that must end with this code; it keeps to the schema."""
        bench = Bench([*arguments, "-j", *TOLERANT], **options)
        self.assertEqual(bench.code, code, bench.err + bench.out[-3000:])
        jsonschema.validate(bench.report, SCHEMA)
        return bench.report

    def write(self, name, report):
        file = self.folder / name
        file.write_text(report if isinstance(report, str) else json.dumps(report))
        return file


class AbortOnFail(JudgingTest):
    def check(self, code, *arguments):
        return self.judged(code, "--interval", "200ms", "--abort-on-fail", *arguments)

    def test_what_is_crossed_for_good_ends_the_run(self):
        report = self.check(99, "-c", 2, "-R", 500, "-d", 60, "--threshold", "rtt:max<1ns",
                            self.serve(echo).url)
        self.assertLess(report["runs"][0]["measured_s"], 30)

    def test_without_latencies_too(self):
        for arguments in (["send"], []):
            with self.subTest(arguments):
                report = self.check(99, *arguments, "-c", 1, "-R", 100, "-d", 60, "--drain", "10ms",
                                    "--threshold", "rate:max<1", self.serve(sink).url)
                self.assertLess(report["runs"][0]["measured_s"], 30)

    def test_what_can_still_be_reached_does_not(self):
        report = self.check(0, "-c", 1, "-R", 500, "-d", 1, "--threshold", "rtt:count==500",
                            "--threshold", "rtt:count>=500", self.serve(echo).url)
        self.assertEqual(report["runs"][0]["messages"]["sent"], 500)

    def test_a_rate_is_that_of_the_run_so_far(self):
        report = self.check(0, "-c", 1, "-R", 500, "-d", 1, "--threshold", "rate:value>500",
                            self.serve(echo).url)
        self.assertEqual(report["runs"][0]["messages"]["sent"], 500)

    def test_no_more_runs_after_one_that_was_ended(self):
        report = self.check(99, "-c", 1, "-R", 500, "-d", 60, "--repeat", 3,
                            "--threshold", "rtt:max<1ns", self.serve(echo).url)
        self.assertEqual(len(report["runs"]), 1)

    def test_the_first_server_of_a_comparison_is_not_cut(self):
        servers = self.serve(echo), self.serve(echo)
        report = self.check(99, "compare", "-c", 1, "-R", 500, "-d", 1, "--repeat", 2,
                            "--threshold", "rtt:max<1ns", *(server.url for server in servers))
        self.assertEqual([run["interrupted"] for run in report["runs"]], [False, True])
        self.assertEqual(report["runs"][0]["messages"]["sent"], 500)


class Compare(JudgingTest):
    def test_secrets_are_in_no_report(self):
        servers = self.serve(echo), self.serve(echo)
        urls = [server.url.replace("//", "//joe:hush@") + "?token=hush" for server in servers]
        files = {name: self.folder / name for name in ("json", "html", "md", "junit")}
        outputs = [word for name, file in files.items() for word in ("-o", f"{name}={file}")]
        text = self.text("compare", "-c", 1, "-n", 20, "--max-regression", "rtt.p50=100000%",
                         *outputs, *urls)
        for name, content in (*((n, f.read_text()) for n, f in files.items()), ("text", text)):
            with self.subTest(name):
                self.assertNotIn("hush", content)
                self.assertIn(servers[0].url.split("//")[1], content)
        report = json.loads(files["json"].read_text())
        self.assertEqual(report["urls"], [server.url + "?…" for server in servers])

    def test_without_limits_the_main_figures_are_shown(self):
        report = self.judged(0, "compare", "-c", 1, "-n", 20, self.serve(echo).url,
                             self.serve(echo).url)
        compared = report["comparisons"][0]["comparisons"]
        self.assertEqual([c["metric"] for c in compared], ["rate.value", "rtt.p50", "rtt.p99"])
        self.assertEqual({(c["limit"], c["ok"]) for c in compared}, {(None, True)})

    def test_a_baseline_without_limits_likewise(self):
        url = self.serve(echo).url
        file = self.write("base.json", self.judged(0, "-c", 1, "-n", 20, url))
        report = self.judged(0, "-c", 1, "-n", 20, "--baseline", file, url)
        self.assertEqual([c["metric"] for c in report["baseline"]["comparisons"]],
                         ["rate.value", "rtt.p50", "rtt.p99"])

    def test_a_malformed_limit_is_told_before_any_run(self):
        server = self.serve(echo)
        error = self.error("compare", "--max-regression", "rtt.p98=1%", server.url, server.url)
        self.assertIn("there is no metric 'rtt.p98'", error)


class Merge(JudgingTest):
    def measured(self, name, *arguments):
        return self.write(name, self.judged(0, *arguments, self.serve(echo).url))

    def test_the_options_are_those_of_all_generators(self):
        files = (self.measured("a", "-c", 5, "-t", 1, "-R", 100, "-d", 1),
                 self.measured("b", "-c", 7, "-t", 2, "-R", 300, "-d", 1))
        report = self.judged(0, "merge", *files)
        options = report["options"]
        self.assertEqual([options[name] for name in ("connections", "threads", "rate")],
                         [12, 3, 400])
        connections = report["runs"][0]["connections"]
        self.assertEqual((connections["wanted"], connections["opened"]), (12, 12))
        self.assertEqual(report["merged"], 2)
        self.assertNotIn("closed loop", str(report["verdict"]))

    def test_whether_generators_polled_is_that_of_the_first_and_a_difference_is_told(self):
        load = ("-c", 1, "-R", 100, "-d", "500ms")
        sleeping = [self.measured(name, *load) for name in "ab"]
        polling = [self.measured(name, *load, "--busy-poll") for name in "cd"]
        for files, polls, differs in ((sleeping, False, False), (polling, True, False),
                                      ((sleeping[0], polling[0]), False, True),
                                      ((polling[0], sleeping[0]), True, True)):
            with self.subTest(polls=polls, differs=differs):
                report = self.judged(0, "merge", *files)
                self.assertEqual("busy_poll" in report["options"], polls)
                self.assertEqual("its polling is not that of the first" in str(report["verdict"]),
                                 differs)

    def test_what_an_input_was_judged_to_be_stays(self):
        first = json.loads(self.measured("a", "-c", 1, "-n", 5).read_text())
        second = json.loads(json.dumps(first))
        first["verdict"].update(status="invalid", exit_code=97, reasons=["it was late"],
                                statuses=["invalid"], warnings=["both say this", "one does"])
        second["verdict"].update(status="interrupted", exit_code=130, reasons=["by SIGINT"],
                                 statuses=["interrupted"], warnings=["both say this"])
        files = self.write("first", first), self.write("second", second)
        bench = Bench(["merge", *files, "-j"])
        self.assertEqual(bench.code, 97, bench.err)
        verdict = bench.report["verdict"]
        self.assertEqual(verdict["status"], "invalid")
        self.assertEqual(verdict["reasons"], [f"{files[0]}: it was late"])
        self.assertEqual(verdict["warnings"], ["both say this", f"{files[0]}: one does",
                                               f"{files[1]}: interrupted: by SIGINT"])
        accepted = self.judged(0, "merge", *files)
        self.assertIn(f"{files[0]}: it was late", accepted["verdict"]["warnings"])

    def test_thresholds_leave_out_the_warm_up(self):
        file = self.measured("a", "-c", 1, "-R", 100, "--warmup", 1, "-d", 1, "--interval", "500ms")
        report = json.loads(file.read_text())
        for interval in report["runs"][0]["intervals"]:
            if interval["at_s"] < 1.2:
                interval.update(sent=0, received=0)
        file.write_text(json.dumps(report))
        self.judged(0, "merge", file, "--threshold", "rate:min>100")

    def test_a_storm_is_still_one(self):
        file = self.write("a", self.judged(0, "storm", "-c", 10, "-d", 1, "--drop", "50%",
                                           self.serve(echo).url))
        copy = self.write("b", file.read_text())
        broken = json.loads(file.read_text())["runs"][0]["storm"]["broken"]
        storm = self.judged(0, "merge", file, copy)["runs"][0]["storm"]
        self.assertEqual((storm["broken"], storm["back"]), (2 * broken, 2 * broken))

    def test_a_file_twice_is_an_error(self):
        file = self.measured("a", "-c", 1, "-n", 1)
        self.assertIn("a: it is given twice", self.error("merge", file, file))
        link = self.folder / "link"
        link.symlink_to(file)
        self.assertIn("link: it is given twice", self.error("merge", file, link))

    def test_what_was_measured_differently_is_an_error(self):
        closed = self.measured("closed", "-c", 1, "-n", 1)
        opened = self.measured("open", "-c", 1, "-R", 100, "-n", 1)
        self.assertIn("open: one of open and closed loop", self.error("merge", closed, opened))
        twice = self.measured("twice", "-c", 1, "-n", 1, "--repeat", 2)
        self.assertIn("twice: it has 2 runs", self.error("merge", closed, twice))


class HostileReports(JudgingTest):
    """Files that are no report of wsbench end it before any run, with a plain error."""

    CHANGES = ((("url",), 5), (("url",), None), (("started",), []), (("options",), []),
               (("options", "rate"), {"a": 1}), (("options", "connections"), "many"),
               (("options", "payload_bytes"), [1]), (("options", "payload_bytes"), [[], []]),
               (("verdict",), None), (("verdict", "reasons"), [5]), (("verdict", "status"), {}),
               (("verdict", "statuses"), ["passed", "passed"]), (("verdict", "warnings"), "none"),
               (("runs",), {}), (("runs", 0), None), (("runs", 0, "storm"), []),
               (("runs", 0, "connections", "ended"), 7),
               (("runs", 0, "connections", "wanted"), -1),
               (("runs", 0, "connections", "failures"), 5),
               (("runs", 0, "intervals"), "none"))

    # Of a baseline only the head and the metrics are looked at.
    BASELINE = ((("url",), 5), (("options",), []), (("options", "rate"), {"a": 1}),
                (("verdict",), None), (("metrics",), None), (("metrics",), []),
                (("metrics", "rtt.p50"), 5), (("metrics", "rtt.p50"), {"median": "1"}))

    def changed(self, path, value):
        report = json.loads(json.dumps(self.sound))
        place = report
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        return self.write("hostile.json", report)

    def setUp(self):
        super().setUp()
        self.server = self.serve(echo)
        self.sound = self.judged(0, "-c", 1, "-n", 1, self.server.url)

    def test_merge(self):
        for path, value in self.CHANGES:
            with self.subTest(path=path, value=value):
                error = self.error("merge", self.changed(path, value))
                self.assertRegex(error, r"^wsbench: [^\n]*hostile\.json: [^\n]*\n$")

    def test_baseline(self):
        for path, value in self.BASELINE:
            with self.subTest(path=path, value=value):
                error = self.error("--baseline", self.changed(path, value), self.server.url)
                self.assertRegex(error, r"^wsbench: [^\n]*hostile\.json: [^\n]*\n$")


class Search(JudgingTest):
    def test_a_limit_of_the_machine_ends_it_and_is_reported(self):
        def few_descriptors():
            resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))

        command = [WSBENCH, "search", "--search", "conns", "-c", "10", "-R", "50", "-d", "200ms",
                   "-j", *TOLERANT, "--slo", "rtt:p(99)<1m", self.serve(echo).url]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60,
                                preexec_fn=few_descriptors)
        report = json.loads(result.stdout)
        self.assertEqual((report["search"]["best"], report["search"]["trials"][-1]["load"]),
                         (20, 40))
        self.assertTrue(report["search"]["trials"][-1]["limited_by_generator"])
        self.assertIn("file descriptors", report["search"]["trials"][-1]["reason"])
        self.assertIn("the limit of the search", str(report["verdict"]["warnings"]))

    def test_a_trial_that_is_interrupted_does_not_hold(self):
        process = self.start("search", "-c", 1, "-R", 10, "-d", 60, "--slo", "rtt:p(99)<1m", "-j",
                             "--accept-invalid", "--interval", "100ms", self.serve(echo).url)
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=DEADLINE_S)
        self.assertEqual(process.returncode, 130, err)
        report = json.loads(out)
        jsonschema.validate(report, SCHEMA)
        self.assertEqual(report["search"]["best"], 0)
        self.assertFalse(report["search"]["trials"][0]["holds"])

    def test_what_takes_nobody_at_a_higher_load_is_no_end(self):
        accepted = 0

        async def refuse_after_two(path, headers):
            nonlocal accepted
            accepted += 1
            return (503, [], b"") if accepted > 2 else None

        report = self.judged(0, "search", "--search", "conns", "-c", 2, "-R", 50, "-d", "200ms",
                             "--slo", "rtt:p(99)<1m",
                             self.serve(echo, process_request=refuse_after_two).url)
        self.assertEqual(report["search"]["best"], 2)
        self.assertEqual([(trial["load"], trial["holds"]) for trial in report["search"]["trials"]],
                         [(2, True), (4, False), (4, False), (3, False), (3, False)])

    def test_why_nothing_holds_is_told(self):
        report = self.judged(99, "search", "-c", 1, "-R", 10, "-d", "200ms",
                             "--slo", "rtt:max<1ns", self.serve(echo).url)
        self.assertRegex(report["verdict"]["reasons"][0], r"^no load holds; at 1: rtt:max<1ns is ")
        self.assertEqual(report["metrics"], {})


if __name__ == "__main__":
    unittest.main()
