"""The pictures of the exercises: the face of this package.

draw() turns the pose data of an exercise into an SVG, and describe() into words for those who do
not see it. The routes of the exercises call both.
"""

from html import escape
from typing import Literal

from app.formats.figures import motion_view, painting, pose_moments, still_views
from app.formats.figures.body_parts import Emphasis
from app.formats.figures.inks import Theme, build_style
from app.formats.figures.painting import Picture
from app.formats.figures.pose_files import FIGURES
from app.formats.figures.svg_paths import number
from app.training.catalog.exercises import EXERCISES, Exercise

__all__ = ["LICENSE", "SLUGS", "Theme", "View", "describe", "draw"]

View = Literal["both", "start", "end", "motion"]

SLUGS: frozenset[str] = frozenset(FIGURES)
"""The exercises that have a picture."""
LICENSE: Literal["CC0-1.0"] = "CC0-1.0"
_LICENSE_URL = "https://creativecommons.org/publicdomain/zero/1.0/"


def describe(slug: str) -> str:
    """Return the alternative text: two sentences of what is seen. KeyError without one."""
    return FIGURES[slug].description


def draw(slug: str, view: View, theme: Theme) -> bytes:
    """Return a picture as an SVG document. Raises KeyError if the exercise has none.

    `both` has start and end side by side, with captions; `start` and `end` are one figure without
    words; `motion` moves at the tempo of the catalogue.
    """
    exercise = EXERCISES[slug]
    name = f"{slug}-{view}-{theme}"
    picture = _draw_view(exercise, view, name)
    return _build_document(exercise, picture, name, theme).encode()


def _draw_view(exercise: Exercise, view: View, name: str) -> Picture:
    figure = FIGURES[exercise.slug]
    both_legs = exercise.laterality == "bilateral"
    emphasis = Emphasis(exercise.track, exercise.muscles.primary, both_legs)
    if view == "both":
        return still_views.draw_panels(figure, emphasis, name)
    if view == "motion":
        return motion_view.draw(figure, emphasis, exercise.tempo)
    pose = figure.start if view == "start" else figure.end
    return still_views.draw_pose(figure, pose_moments.solve_pose(figure, pose), emphasis)


def _build_document(exercise: Exercise, picture: Picture, name: str, theme: Theme) -> str:
    corner = f"M0 0H{number(picture.width)}V{number(picture.height)}H0Z"
    paper = f'<path {painting.mark("paper")} d="{corner}"/>'
    body = painting.apply_theme(paper + picture.body, theme)
    size = f"{number(picture.width)} {number(picture.height)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}"'
        f' lang="en" role="img" aria-labelledby="{name}-title" aria-describedby="{name}-text"'
        ' font-family="system-ui,sans-serif">'
        f'<title id="{name}-title">{escape(exercise.name)}</title>'
        f'<desc id="{name}-text">{escape(describe(exercise.slug))}</desc>'
        f"<metadata>{_build_license()}</metadata>"
        f"<style>{build_style(theme, body)}{picture.style}</style>"
        f"{body}</svg>\n"
    )


def _build_license() -> str:
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:cc="http://creativecommons.org/ns#"><cc:Work rdf:about="">'
        f'<cc:license rdf:resource="{_LICENSE_URL}"/></cc:Work></rdf:RDF>{LICENSE}'
    )
