"""Which pixels show what, in scenes whose things are known."""

from dataclasses import replace

import numpy as np
import pytest

from samples.canvas import Canvas
from samples.distractors import Lamp
from samples.labelled import CLASS_OF_LAYER, LabelledFrame, Labeller, Thing, class_of_kind
from samples.layers import LAYERS
from samples.objects import KINDS
from samples.scene import Scene
from samples.spec import SceneSpec


def shares(labelled: LabelledFrame) -> dict[str, float]:
    found = dict.fromkeys(labelled.classes, 0.0)
    for number, name in enumerate(labelled.classes):
        found[name] += float((labelled.numbers == number).mean())
    return found


def test_mirror_image_is_a_falling_thing_of_its_own(spec: SceneSpec) -> None:
    scene = Scene.build(replace(spec, layers=("mirror",)))
    (throw,) = scene.throws
    numbers = set()
    for time_s, *_ in scene.path(throw)[::4]:
        frame = Labeller(scene).label(int(np.argmin(np.abs(scene.frame_times_s - time_s))))
        numbers |= {int(each) for each in np.unique(frame.numbers)}
    assert [frame.classes[number] for number in sorted(numbers)] == ["", "falling_object", "falling_object"]


def test_thrown_thing_is_marked_where_the_truth_has_it(scene: Scene) -> None:
    (throw,) = scene.throws
    for time_s, x_px, y_px, size_px in scene.path(throw)[::8]:
        index = int(np.argmin(np.abs(scene.frame_times_s - time_s)))
        labelled = Labeller(scene).label(index)
        rows, columns = np.nonzero(labelled.numbers == labelled.classes.index("falling_object"))
        assert columns.mean() == pytest.approx(x_px, abs=1.5)
        assert rows.mean() == pytest.approx(y_px, abs=1.5)
        assert 0.5 * size_px**2 <= len(rows) <= 4 * (size_px + 2) ** 2


def test_nothing_is_marked_before_the_throw(scene: Scene) -> None:
    assert not Labeller(scene).label(0).numbers.any()


@pytest.mark.parametrize("name", [name for name in CLASS_OF_LAYER if name not in ("alike", "board", "foliage")])
def test_each_layer_shows_its_class_and_no_other(spec: SceneSpec, name: str) -> None:
    thrown = spec.throw_floors if name == "mirror" else ()
    scene = Scene.build(replace(spec, layers=(name,) * 3, throw_floors=thrown))
    found: dict[str, float] = {}
    for index in range(0, len(scene.exposures_s), 4):
        for each, share in shares(Labeller(scene).label(index)).items():
            found[each] = max(found.get(each, 0.0), share)
    assert not {each for each, share in found.items() if share and each not in ("", CLASS_OF_LAYER[name])}
    assert found[CLASS_OF_LAYER[name]] > 0


def test_light_that_changes_marks_nothing(spec: SceneSpec) -> None:
    scene = Scene.build(replace(spec, layers=("cloud", "infrared"), throw_floors=()))
    assert not any(Labeller(scene).label(index).numbers.any() for index in (0, 40, 80))


def test_every_layer_and_kind_has_a_class() -> None:
    assert set(LAYERS) - set(CLASS_OF_LAYER) == {"cloud", "infrared"}
    assert {class_of_kind(name) for name in KINDS} == {"falling_object"}
    assert {class_of_kind(name) for name in ("paper", "napkin")} == {"leaf_or_paper"}
    assert {class_of_kind(name) for name in ("cloth", "shirt")} == {"falling_object"}


def test_things_in_a_square_are_parts_that_touch() -> None:
    numbers = np.zeros((40, 60), np.uint8)
    numbers[10:12, 20:25] = 1
    numbers[12, 25] = 1  # touches by a corner
    numbers[30:33, 40:42] = 2
    labelled = LabelledFrame(("", "bird", "insect"), numbers, 5.0 * (numbers > 0).astype(np.float32))
    assert labelled.things(15, 5, 30) == [Thing("bird", 20, 10, 26, 13), Thing("insect", 40, 30, 42, 33)]


def test_thing_that_lies_outside_for_the_most_part_is_left_out() -> None:
    numbers = np.zeros((40, 60), np.uint8)
    numbers[10:12, 10:20] = 1
    labelled = LabelledFrame(("", "bird"), numbers, 5.0 * (numbers > 0).astype(np.float32))
    assert labelled.things(17, 0, 20) == [Thing("bird", 17, 10, 20, 12)]
    assert labelled.things(18, 0, 20) == []


def test_square_may_lie_beyond_the_frame() -> None:
    numbers = np.ones((40, 60), np.uint8)
    labelled = LabelledFrame(("", "bird"), numbers, 5.0 * (numbers > 0).astype(np.float32))
    assert labelled.things(-10, -10, 20) == []
    assert labelled.things(-2, -2, 12) == [Thing("bird", 0, 0, 10, 10)]
    assert labelled.things(200, 200, 20) == []


def test_what_is_lost_in_the_noise_is_not_visible() -> None:
    numbers = np.zeros((40, 60), np.uint8)
    numbers[10:20, 10:20] = 1
    change = np.zeros((40, 60), np.float32)
    change[10, 10:12] = 3.0  # together 4.2 deviations
    assert LabelledFrame(("", "cloth"), numbers, change).things(0, 0, 40) == [
        Thing("cloth", 10, 10, 20, 20, is_visible=False)
    ]
    change[10, 12] = 3.0  # 5.2
    assert LabelledFrame(("", "cloth"), numbers, change).things(0, 0, 40) == [Thing("cloth", 10, 10, 20, 20)]


def test_what_is_too_small_for_a_smaller_picture_is_not_visible() -> None:
    numbers = np.zeros((40, 60), np.uint8)
    numbers[10:12, 10:12] = 1
    labelled = LabelledFrame(("", "bird"), numbers, 7.0 * numbers.astype(np.float32))
    # 28 deviations: of one pixel of an eighth 0.4, of a quarter 1.75, of a half 7.
    found = [thing.is_visible for reduction in (1, 2, 4, 8) for thing in labelled.things(0, 0, 40, reduction)]
    assert found == [True, True, False, False]


@pytest.mark.parametrize("name", ["washing", "person", "curtain"])
def test_cloth_and_people_have_one_outline_whatever_is_behind_them(spec: SceneSpec, name: str) -> None:
    scene = Scene.build(replace(spec, layers=(name,), throw_floors=()))
    layer = scene.layers[0]
    plain = np.full_like(scene.backdrop.planes, 128)
    striped = plain.copy()
    before = Canvas(plain.copy())
    layer.draw(before, float(scene.exposures_s[20]))
    # Wherever the layer is drawn the wall has its brightness, in every other row.
    striped[: scene.backdrop.luma.shape[0] : 2] = before.luma[::2]
    shown = [
        Labeller(replace(scene, backdrop=Canvas(planes.copy()))).label(20).numbers > 0 for planes in (plain, striped)
    ]
    assert shown[0].sum() >= 30
    assert (shown[0] != shown[1]).sum() <= 0.15 * shown[0].sum()  # edges that are covered in part


def test_lamp_that_stays_lit_is_none_whatever_moves_before_it(spec: SceneSpec) -> None:
    scene = Scene.build(replace(spec, layers=("lamp",), throw_floors=()))
    lamp = scene.layers[0]
    assert isinstance(lamp, Lamp)
    labelled = Labeller(replace(scene, layers=(replace(lamp, switches_s=(-1.0,)),))).label(20)
    assert not labelled.numbers.any()


def test_lamp_is_a_thing_while_it_is_switched_alone(spec: SceneSpec) -> None:
    scene = Scene.build(replace(spec, layers=("lamp",), throw_floors=()))
    labeller = Labeller(scene)
    lit = [labeller.label(index) for index in range(len(scene.exposures_s))]
    width_px = max(spec.size_px)
    things = [any(thing.is_visible for thing in frame.things(0, 0, width_px)) for frame in lit]
    shown = [bool(frame.numbers.any()) for frame in lit]
    edges = [now != then for then, now in zip(shown, shown[1:], strict=False)]
    assert any(shown)
    for index, edge in enumerate(edges):
        assert things[index] == (shown[index] and (edge or (index > 0 and edges[index - 1])))


def test_frames_that_share_drawings_are_labelled_as_alone(busy_scene: Scene) -> None:
    labeller = Labeller(busy_scene)
    for index in (10, 11, 12, 30):
        together, alone = labeller.label(index), Labeller(busy_scene).label(index)
        assert np.array_equal(together.numbers, alone.numbers)
        assert np.array_equal(together.change, alone.change)
