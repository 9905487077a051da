from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.charts.placing import along, clearance, overlap, roomiest, sampled, spread

HEIGHTS = st.lists(st.floats(0, 270), min_size=1, max_size=12)


@given(HEIGHTS)
def test_spread_labels_do_not_overlap_and_stay_inside(targets):
    centres = spread(targets, [12.5] * len(targets), 0, 270)
    ordered = sorted(centres)
    assert all(b - a >= 12.5 - 1e-6 for a, b in pairwise(ordered))
    assert ordered[0] >= 6.25 - 1e-6
    assert ordered[-1] <= 270 - 6.25 + 1e-6


@given(HEIGHTS)
def test_spread_labels_keep_the_order_of_their_targets(targets):
    centres = spread(targets, [12.5] * len(targets), 0, 270)
    for i, a in enumerate(targets):
        for j, b in enumerate(targets):
            assert not (a < b and centres[i] > centres[j])


def test_labels_far_apart_are_not_moved():
    assert spread([20, 60, 100], [10, 10, 10], 0, 120) == [20, 60, 100]


def test_two_labels_at_one_height_share_the_way():
    assert spread([50, 50], [10, 10], 0, 100) == [45, 55]


@pytest.mark.parametrize(("point", "distance"), [((5, 5), 0), ((13, 5), 3), ((13, 14), 5)])
def test_clearance_is_the_distance_to_the_box(point, distance):
    assert clearance((0, 0, 10, 10), np.array([point])) == distance


def test_clearance_without_points_is_infinite():
    assert clearance((0, 0, 1, 1), np.empty((0, 2))) == np.inf


def test_boxes_that_share_a_corner_overlap_only_with_a_gap():
    assert not overlap((0, 0, 1, 1), (1, 1, 2, 2))
    assert overlap((0, 0, 1, 1), (1, 1, 2, 2), gap=0.1)


def test_sampled_points_are_near_each_other_and_leave_gaps_out():
    points = sampled(np.array([0.0, 10.0, 20.0]), np.array([0.0, 0.0, np.nan]))
    assert points[:, 0].max() == 10
    assert np.diff(np.sort(points[:, 0])).max() <= 2


def test_the_first_clear_box_wins_over_a_later_one():
    boxes = [(0.0, 0.0, 5.0, 5.0), (20.0, 0.0, 25.0, 5.0), (40.0, 0.0, 45.0, 5.0)]
    line, nothing = np.array([[2.0, 2.0]]), np.empty((0, 2))
    assert roomiest(boxes, line, nothing, []) == boxes[1]
    assert roomiest(boxes, line, np.array([[22.0, 2.0]]), []) == boxes[2]
    assert roomiest(boxes, line, nothing, boxes[1:2]) == boxes[2]


def test_a_grid_line_is_crossed_rather_than_a_line():
    boxes = [(0.0, 0.0, 5.0, 5.0), (20.0, 0.0, 25.0, 5.0)]
    assert roomiest(boxes, np.array([[2.0, 2.0]]), np.array([[22.0, 2.0]]), []) == boxes[1]


def test_no_box_is_found_when_every_one_is_taken():
    box = (0.0, 0.0, 5.0, 5.0)
    assert roomiest([box], np.empty((0, 2)), np.empty((0, 2)), [box]) is None


def test_boxes_along_a_line_do_not_touch_it():
    x = np.linspace(0, 100, 60)
    y = 50 + 20 * np.sin(x / 10)
    boxes = along(x, y, (30, 10), (0, 0, 100, 100))
    points = sampled(x, y)
    assert boxes
    assert all(clearance(box, points) > 0 for box in boxes)
    assert all(box[0] >= 0 and box[1] >= 0 and box[3] <= 100 for box in boxes)
