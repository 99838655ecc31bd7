"""What the coach has learned, and what the wearer's own trial has shown, in their words."""

from __future__ import annotations

from monitor.coach.learning import ANSWERS, Learner, Situation
from monitor.coach.trial import LEAST_UNITS, Verdict
from monitor.words import Words

SURE_SD = 2.8
"""A difference is told where it is so many standard deviations wide: two-sided 5 %, shared by the ten pairs that five
answers make (Bonferroni), since the best and the worst are picked."""
USUAL = Situation(hour="12_to_14", window="limit", kind="strengthen", rung="wearable")


def learned_lines(learner: Learner, said: Words, learns: bool) -> list[str]:
    """Sentences: how often calls were followed, and what makes a difference."""
    lines = [] if learns else [said.learned.off]
    if not learner.asked:
        return [*lines, said.learned.nothing]
    share = f"{100 * learner.yes / learner.asked:.0f}"
    lines.append(said.learned.summary.format(asked=learner.asked, yes=learner.yes, share=share))
    return lines + [_of_question(learner, question, said) for question in ANSWERS]


def _of_question(learner: Learner, question: str, said: Words) -> str:
    """The best answer against the worst, where they differ beyond chance."""
    mean = {answer: learner.effect(question, answer, ANSWERS[question][0])[0] for answer in ANSWERS[question]}
    best, worst = max(mean, key=lambda answer: mean[answer]), min(mean, key=lambda answer: mean[answer])
    named = said.learned.questions[question]
    difference, sd = learner.effect(question, best, worst) if best != worst else (0.0, 1.0)
    if difference < SURE_SD * sd:
        return said.learned.no_difference.format(question=named)
    chances = [learner.chance(_with(question, answer)) for answer in (best, worst)]
    return said.learned.better.format(
        question=named,
        answer=said.learned.answers[best],
        chance=f"{100 * chances[0]:.0f}",
        other=said.learned.answers[worst],
        other_chance=f"{100 * chances[1]:.0f}",
    )


def _with(question: str, answer: str) -> Situation:
    answers = {each: getattr(USUAL, each) for each in ANSWERS}
    return Situation(**(answers | {question: answer}))


def trial_lines(verdict: Verdict, said: Words) -> list[str]:
    """Sentences: what was counted, and what it means."""
    words = said.trial
    if not verdict.called and not verdict.silent:
        return [words.none]
    counted = words.counted.format(
        called_up=verdict.called_up,
        called=verdict.called,
        called_share=f"{100 * verdict.called_up / max(1, verdict.called):.0f}",
        silent_up=verdict.silent_up,
        silent=verdict.silent,
        silent_share=f"{100 * verdict.silent_up / max(1, verdict.silent):.0f}",
    )
    if not verdict.enough:
        return [counted, words.too_few.format(least=LEAST_UNITS)]
    sentence = words.effect if verdict.shows_an_effect else words.no_effect
    shown = {name: f"{100 * getattr(verdict, name):+.0f}" for name in ("difference", "low", "high")}
    return [counted, sentence.format(**shown), words.caution]
