"""Caveats and definitions of a whole report: each once, in the order a person should meet them."""

from dataclasses import replace

from kyogyo.reports.contents import all_caveats, all_definitions, all_results


def test_all_results_begin_with_the_candidates_and_follow_the_sections(report):
    results = all_results(answer=report.answer, sections=report.sections)
    assert results[0] is report.answer.candidates
    assert [each.question for each in results[1:5]] == [
        "conversion_by_cohort",
        "funnel",
        "cumulative_incidence",
        "transitions",
    ]
    assert len(results) == 16


def test_all_caveats_are_each_once_with_refusals_first(sample, report):
    results = all_results(answer=report.answer, sections=report.sections)
    found = all_caveats(results=results)
    assert found == (sample.TYPE_KNOWN, sample.CENSORED, sample.DATES)


def test_all_caveats_include_those_of_no_result(sample):
    assert all_caveats(results=(), more=(sample.DATES, sample.TYPE_KNOWN)) == (
        sample.TYPE_KNOWN,
        sample.DATES,
    )


def test_all_definitions_keep_two_versions_of_one_metric_apart(sample):
    funnel = sample.funnel()
    older = replace(funnel, definition=replace(funnel.definition, version=1))
    versions = [
        (each.id, each.version) for each in all_definitions(results=(funnel, older, funnel))
    ]
    assert versions == [("step_conversion", 2), ("step_conversion", 1)]
