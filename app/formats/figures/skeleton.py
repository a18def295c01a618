"""What a person is made of: the lengths of the body, legs, arms, and the whole skeleton.

`pose_solver` builds them from poses; the drawing modules and the tests of geometry measure them.
The person is 170 cm tall and seen from the right side, or from the front if they face the reader.

The lengths are shares of body height by Drillis and Contini (1966), as tabled in Winter,
"Biomechanics and Motor Control of Human Movement", figure 4.1.
"""

from dataclasses import dataclass

from app.formats.figures.geometry import Point, go, measure_lean, wrap

HEIGHT = 170.0
SHANK, THIGH = 0.246 * HEIGHT, 0.245 * HEIGHT
TRUNK = 0.288 * HEIGHT
UPPER_ARM, FOREARM = 0.186 * HEIGHT, 0.146 * HEIGHT
FOOT = 0.152 * HEIGHT
SOLE = 1.6
# The ball of the foot is the origin of a foot. Behind it is the ankle, over it by the sole.
ANKLE_BACK, ANKLE_UP = 12.0, 0.039 * HEIGHT + SOLE
HEEL_BACK, TOES = 17.0, FOOT - 17.0
# From the wrist to the middle of the palm; and half of the thickness of a hand, and of a thigh at
# both ends.
# From there to the fingertips.
FINGERS = 9.0
PALM, PALM_THICK, THIGH_THICK = 7.5, 1.6, (9.0, 5.8)
# Seen from the front, shoulders and hips are to both sides of the middle of the trunk.
SHOULDER_OUT, HIP_OUT = 15.0, 8.5


@dataclass(frozen=True, slots=True)
class Foot:
    """A foot whose heel is up by `pitch` degrees. Its toes bend at the ball."""

    ball: Point
    pitch: float
    toes: float
    """The pitch of the toes."""
    shortening: float = 1.0
    """The visible share of its length: 0 if the toes point at the reader."""

    def find(self, back: float, up: float) -> Point:
        """Return a point of the foot: so far behind the ball, and so far above the sole."""
        heel = go(self.ball, back * self.shortening, self.pitch - 90)
        return go(heel, up, self.pitch)

    @property
    def ankle(self) -> Point:
        return self.find(ANKLE_BACK, ANKLE_UP)

    @property
    def heel(self) -> Point:
        return self.find(HEEL_BACK, 0)

    @property
    def tip(self) -> Point:
        """The front end of the sole."""
        return go(self.ball, TOES * self.shortening, 90 + self.toes)


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg from hip to foot."""

    hip: Point
    knee: Point
    foot: Foot
    shortening: Point = (1.0, 1.0)
    """The visible shares of thigh and shank; less than 1 where they point towards the reader."""

    @property
    def knee_bend(self) -> float:
        """How far the knee is bent; less than 0 if it is bent the wrong way."""
        ankle = self.foot.ankle
        return wrap(measure_lean(ankle, self.knee) - measure_lean(self.knee, self.hip))

    @property
    def ankle_bend(self) -> float:
        """How far the toes are pointed from a right angle; less than 0 if they are pulled up."""
        return wrap(self.foot.pitch - measure_lean(self.foot.ankle, self.knee))


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm from shoulder to palm."""

    shoulder: Point
    elbow: Point
    wrist: Point
    palm: Point
    shortening: Point = (1.0, 1.0)
    """The visible shares of upper arm and forearm."""

    @property
    def elbow_bend(self) -> float:
        """How far the elbow is bent; less than 0 if it is bent the wrong way."""
        upper, fore = measure_lean(self.shoulder, self.elbow), measure_lean(self.elbow, self.wrist)
        return wrap(upper - fore)


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The joints of a person. `hip` and `shoulder` are the ends of the trunk."""

    hip: Point
    shoulder: Point
    head: float
    """The lean of neck and head."""
    near: Leg
    far: Leg
    near_arm: Arm
    far_arm: Arm

    @property
    def trunk(self) -> float:
        """The lean of the trunk."""
        return measure_lean(self.hip, self.shoulder)
