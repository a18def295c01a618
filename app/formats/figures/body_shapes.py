"""The shapes of a person's parts, in centimetres of a person 170 cm tall.

Each part is drawn once, as it hangs straight down from its joint at 0, 0, facing right.
`body_parts` puts it where the skeleton has it. A shape is the name of an ink and a path.
"""

from app.formats.figures.skeleton import (
    ANKLE_BACK,
    ANKLE_UP,
    FOREARM,
    HEEL_BACK,
    SHANK,
    SOLE,
    THIGH,
    TOES,
    UPPER_ARM,
)
from app.formats.figures.svg_paths import capsule, circle, ellipse, outline, rounded, smooth

Shape = tuple[str, str]

# Cuts through a part: how far along, and from there to the back and to the front.
_THIGH = (
    (-4, 5.0, 5.0), (0, 8.6, 8.2), (10, 8.8, 8.8), (22, 7.4, 7.8), (33, 5.9, 6.2),
    (THIGH - 2, 5.5, 5.6), (THIGH + 3, 4.3, 4.4),
)  # fmt: skip
_SHORTS_LEG = (
    (-5, 6.0, 4.0), (-1, 9.6, 8.4), (4, 10.1, 9.0), (12, 9.6, 9.4), (25.5, 8.6, 8.9),
)  # fmt: skip
_SHANK = (
    (-3, 3.4, 4.6), (1, 5.1, 5.6), (8, 7.0, 4.9), (14, 7.7, 4.5), (21, 6.7, 4.1), (30, 4.3, 3.5),
    (SHANK - 3, 3.5, 3.2), (SHANK + 1, 3.2, 3.0),
)  # fmt: skip
_SOCK = ((SHANK - 9, 3.9, 3.7), (SHANK - 5, 3.9, 3.6), (SHANK + 1, 3.8, 3.4))
_GASTROCNEMIUS = (
    (0, 4.6, -2.6), (4, 5.9, -0.2), (9, 7.1, 1.0), (14, 7.6, 1.0), (19, 6.9, -0.2), (24, 5.3, -3.0),
)  # fmt: skip
_SOLEUS = (
    (9, 5.4, -2.0), (13, 7.5, 1.2), (19, 7.0, 1.8), (26, 5.4, 0.6), (32, 3.9, -1.2),
    (35, 3.6, -2.4),
)  # fmt: skip
_TENDON = ((22, 5.8, -3.6), (30, 4.2, -2.6), (SHANK - 5, 3.5, -2.1), (SHANK + 1, 3.2, -1.8))
_UPPER_ARM = (
    (-4.5, 2.5, 2.5), (0, 4.7, 4.6), (9, 4.4, 4.5), (18, 3.9, 4.1), (UPPER_ARM, 3.4, 3.5),
    (UPPER_ARM + 2.6, 2.0, 2.2),
)  # fmt: skip
_SLEEVE = (
    (-5.6, 2.6, 2.6), (-1, 5.6, 5.3), (8, 5.5, 5.4), (16, 5.0, 5.1), (17, 4.4, 4.5),
)  # fmt: skip
_FOREARM = (
    (-2.4, 2.2, 2.0), (0, 3.4, 3.3), (6, 3.9, 3.6), (14, 3.1, 3.1), (FOREARM, 2.3, 2.3),
    (FOREARM + 1.5, 1.6, 1.6),
)  # fmt: skip
_QUADRICEPS = (
    (6, -2.8, 6.8), (13, -1.0, 8.2), (22, -1.0, 7.5), (31, -1.8, 6.1), (36, -3.2, 5.2),
)  # fmt: skip
_HAMSTRINGS = (
    (9, 7.0, -3.4), (15, 8.2, -1.4), (24, 7.2, -1.2), (33, 5.7, -2.0), (38, 5.0, -3.4),
)  # fmt: skip
# The trunk goes up from the hip, so its cuts are negative.
_PELVIS = (
    (9.4, 4.0, 3.6), (5, 9.2, 7.4), (-1, 10.3, 8.6), (-8, 9.8, 8.7), (-15, 8.6, 8.6),
    (-17.5, 7.6, 7.8),
)  # fmt: skip
_SHIRT = (
    (-10, 9.4, 9.2), (-12, 9.5, 9.2), (-20, 8.3, 9.0), (-28, 9.2, 10.0), (-37, 10.5, 10.8),
    (-44, 9.6, 9.4), (-48.5, 7.6, 7.2), (-51.2, 6.0, 5.2),
)  # fmt: skip
_GLUTEUS = (
    (-11, 8.0, -4.0), (-6, 9.4, -1.2), (0, 9.9, 0.0), (5, 8.6, -1.4), (8.4, 6.0, -3.4),
)  # fmt: skip
_ABDOMEN = (
    (-37, -4.0, 9.4), (-33, -3.4, 9.6), (-20, -3.4, 8.2), (-11, -3.4, 8.2), (-5, -4.6, 7.2),
)  # fmt: skip
_OBLIQUES = (
    (-31, -2.0, 5.0), (-26, 1.4, 5.6), (-17, 2.2, 4.4), (-11, 1.4, 4.4), (-8.5, -1.6, 3.6),
)  # fmt: skip
_ADDUCTORS = (
    (3, -1.0, 5.4), (9, 0.6, 6.6), (19, 0.4, 6.2), (27, -1.4, 4.8), (31, -2.6, 4.0),
)  # fmt: skip

# Neck and head: from the base of the neck, 3 cm above the shoulder.
NECK_UP = 3.0
_NECK = ((4, 6.2, 5.0), (0, 5.6, 4.6), (-4, 4.6, 4.0), (-9, 4.8, 3.9), (-14, 5.4, 3.0))
_FACE = (
    (3.0, -7.2), (7.6, -6.4), (9.2, -8.0), (9.2, -10.4), (9.5, -12.0), (9.7, -13.6), (11.9, -14.6),
    (11.0, -16.4), (9.4, -18.6), (9.5, -22.4), (7.2, -26.8), (1.2, -29.0), (-5.2, -27.4),
    (-9.0, -22.4), (-8.8, -17.0), (-5.6, -12.0), (-2.0, -8.6),
)  # fmt: skip
_HAIR = (
    (9.2, -24.6), (7.4, -27.8), (1.4, -30.2), (-5.6, -28.6), (-9.8, -23.0), (-9.4, -16.4),
    (-6.6, -11.6), (-4.4, -12.0), (-3.6, -15.6), (-2.4, -18.4), (0.6, -18.8), (1.8, -20.6),
    (3.4, -22.4), (6.4, -23.0),
)  # fmt: skip

# A foot: from the ball, the heel to the left. It bends at the ball, so the toes are apart.
_A, _U, _H = -ANKLE_BACK, -ANKLE_UP, -HEEL_BACK
_SHOE = (
    f"M0 0H{_H + 2}Q{_H - 1.8} -.4 {_H - 2.2} -3Q{_H - 1.8} -6 {_H - 1.2} -8"
    f"Q{_H - 0.6} -10.8 {_H + 1} -10.8Q{_A} {_U - 0.6} {_A + 5} {_U - 2}Q{_A + 8} {_U + 1} 0 -5.8Z"
)
_SHOE_TOES = (
    f"M0 0L-2.6 -4.6A5.6 5.6 0 0 1 .4 -5.8Q{TOES - 2} -5.4 {TOES + 0.4} -2.6L{TOES + 0.6} 0Z"
)
_LACES = f"M{_A + 6.4} {_U - 0.6}l1.6 1.7M{_A + 8.6} {_U + 0.9}l1.5 1.6"
_SOLE = f"M0 0H{_H + 2}Q{_H - 1.8} -.4 {_H - 2.2} -3Q{_H + 6} -{SOLE + 0.5} 0 -{SOLE}Z"
_SOLE_TOES = f"M0 0V-{SOLE}Q5 -{SOLE} {TOES + 0.8} -{SOLE + 0.7}Q{TOES + 0.8} -.3 {TOES - 1} 0Z"

_FIST = capsule((0, 0), (0.3, 6.4), 2.5, 3.9)
_FIST_THUMB = capsule((1.6, 3.6), (2.8, 7.0), 1.3)
_OPEN_HAND = smooth([
    (2.1, -1), (2.7, 3), (2.4, 8), (1.5, 13), (1.0, 16.4), (-0.4, 16.6), (-1.2, 13), (-1.7, 8),
    (-2.0, 3), (-2.0, -1),
])  # fmt: skip
_OPEN_THUMB = capsule((1.4, 3.0), (3.4, 7.6), 1.3, 1.0)
_LOOSE_HAND = smooth([
    (2.2, -1), (2.8, 3), (2.9, 8), (2.6, 12), (1.0, 14.2), (-1.4, 13), (-2.1, 8), (-2.2, 3),
    (-2.1, -1),
])  # fmt: skip
HANDS: dict[str, tuple[Shape, ...]] = {
    "fist": (("skin", _FIST), ("skin", _FIST_THUMB)),
    "open": (("skin", _OPEN_HAND), ("skin", _OPEN_THUMB)),
    "loose": (("skin", _LOOSE_HAND), ("skin", capsule((1.6, 3), (3.0, 8.4), 1.2, 1.0))),
}

LEG_SHAPES: dict[str, tuple[Shape, ...]] = {
    "shank": (("skin", outline(_SHANK)), ("sock", outline(_SOCK))),
    "foot": (("sock", circle((_A, _U), 3.9)), ("shoe", _SHOE), ("sole", _SOLE), ("lace", _LACES)),
    "toes": (("shoe", _SHOE_TOES), ("sole", _SOLE_TOES)),
    "thigh": (("skin", outline(_THIGH)), ("shorts", outline(_SHORTS_LEG))),
}
ARM_SHAPES: dict[str, tuple[Shape, ...]] = {
    "upper": (("skin", outline(_UPPER_ARM)), ("shirt", outline(_SLEEVE))),
    "fore": (("skin", outline(_FOREARM)),),
}
PELVIS: tuple[Shape, ...] = (("shorts", outline(_PELVIS)),)
SHIRT: tuple[Shape, ...] = (("shirt", outline(_SHIRT)),)
_EAR = smooth([(-2.6, -18.2), (-1, -19.2), (0.4, -17.8), (-0.4, -16), (-1.5, -14.4), (-2.4, -16)])
HEAD: tuple[Shape, ...] = (
    ("skin", outline(_NECK)),
    ("skin", smooth(_FACE)),
    ("hair", smooth(_HAIR)),
    ("far-skin", _EAR),
    ("eye", ellipse((6.9, -18.2), 0.7, 1.1)),
)

# Seen from the front: a person who faces the reader.
_FRONT_PELVIS = (
    (6, 7.0, 7.0), (2, 14.0, 14.0), (-5, 15.2, 15.2), (-12, 13.6, 13.6), (-17, 12.0, 12.0),
)  # fmt: skip
_FRONT_SHIRT = (
    (-9, 13.4, 13.4), (-12, 13.6, 13.6), (-22, 12.0, 12.0), (-32, 14.0, 14.0), (-41, 16.4, 16.4),
    (-47, 16.6, 16.6), (-51, 9.6, 9.6), (-53, 5.0, 5.0),
)  # fmt: skip
FRONT_PELVIS: tuple[Shape, ...] = (("shorts", outline(_FRONT_PELVIS)),)
FRONT_SHIRT: tuple[Shape, ...] = (("shirt", outline(_FRONT_SHIRT)),)
FRONT_HEAD: tuple[Shape, ...] = (
    ("skin", outline(((3, 4.8, 4.8), (-3, 4.6, 4.6), (-9, 4.6, 4.6), (-12, 4.0, 4.0)))),
    ("skin", ellipse((-7.8, -16.8), 1.5, 2.4) + ellipse((7.8, -16.8), 1.5, 2.4)),
    ("skin", smooth([(0, -6.4), (4.6, -8.2), (7.4, -13.2), (8.0, -20), (6.0, -26.4), (0, -29),
                     (-6.0, -26.4), (-8.0, -20), (-7.4, -13.2), (-4.6, -8.2)])),
    ("hair", smooth([(8.4, -18.6), (8.8, -23), (6.4, -28.4), (0, -30.6), (-6.4, -28.4), (-8.8, -23),
                     (-8.4, -18.6), (-7.2, -21), (-5, -23.6), (0, -24.4), (5, -23.6), (7.2, -21)])),
    ("eye", ellipse((-3.1, -17.6), 0.8, 1.1) + ellipse((3.1, -17.6), 0.8, 1.1)),
)  # fmt: skip
# A shoe whose toes point at the reader: from the ankle, along the shank.
FRONT_SHOE: tuple[Shape, ...] = (
    ("sock", circle((0, 0), 3.8)),
    ("shoe", outline(((-2.4, 4.0, 4.0), (2, 4.9, 4.9), (5.8, 5.8, 5.8), (9, 5.4, 5.4)))),
    ("sole", outline(((6.8, 5.8, 5.8), (8.6, 5.6, 5.6), (9.2, 4.8, 4.8)))),
)

# What is red on the working leg or on the trunk, by the muscle's code in the catalogue.
SHANK_MUSCLES: dict[str, str] = {
    "gastrocnemius": rounded(_GASTROCNEMIUS) + outline(_TENDON),
    "soleus": rounded(_SOLEUS) + outline(_TENDON),
}
TENDON_AT_HEEL = capsule((_A - 2.7, _U - 1), (_A - 3.2, -4), 0.9)
THIGH_MUSCLES: dict[str, str] = {
    "quadriceps": rounded(_QUADRICEPS),
    "hamstrings": rounded(_HAMSTRINGS),
    "adductors": rounded(_ADDUCTORS),
}
PELVIS_MUSCLES: dict[str, str] = {
    "gluteus_maximus": rounded(_GLUTEUS),
    "gluteus_medius": ellipse((-1.5, -8.0), 4.2, 4.4),
}
# From the front, of a person whose head is to the left: the upper side is right in the shape.
FRONT_SIDES: dict[str, tuple[int, ...]] = {"lower": (-1,), "upper": (1,), "both": (-1, 1)}
FRONT_HIP_MUSCLES: dict[int, dict[str, str]] = {
    side: {"gluteus_medius": ellipse((side * 11.6, -5.0), 3.0, 6.4)} for side in (-1, 1)
}
FRONT_SIDE_MUSCLES: dict[int, dict[str, str]] = {
    side: {"obliques": smooth([
        (side * 12.2, -12), (side * 11.2, -22), (side * 13, -33), (side * 7.4, -27),
        (side * 7, -14),
    ])} for side in (-1, 1)
}  # fmt: skip
FRONT_THIGH_MUSCLES: dict[str, str] = {
    "adductors": rounded(
        ((3, 6.6, -1.6), (9, 7.6, -0.6), (19, 6.8, -0.8), (29, 5.2, -2.2), (34, 4.4, -3.0))
    ),
}  # fmt: skip
TRUNK_MUSCLES: dict[str, str] = {
    "rectus_abdominis": rounded(_ABDOMEN),
    "obliques": rounded(_OBLIQUES),
}
