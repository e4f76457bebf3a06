"""Windows by hand: which numbers stand where, for windows, mistakes by one point, splits and paddings."""

from __future__ import annotations

import numpy as np
import pytest

from explainers.forecasting import series, windows


def count_up(points: int, columns: int = 1) -> windows.Array:
    """Point p holds p, p + 1000, p + 2000 … so that a value says where it comes from."""
    return np.arange(points, dtype=float)[:, None] + 1000.0 * np.arange(columns)


def test_window_i_holds_its_points_and_predicts_the_next() -> None:
    x, y = windows.cut(count_up(10), timesteps=4, horizon=1, features=1, targets=1)
    assert x.shape == (6, 4, 1)
    assert y.shape == (6, 1, 1)
    assert x[0, :, 0].tolist() == [0, 1, 2, 3]
    assert y[:, 0, 0].tolist() == [4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(("points", "timesteps", "horizon"), [(600, 10, 1), (31, 5, 4), (17, 6, 3), (9, 4, 6)])
def test_windows_are_the_loop_that_people_write(points: int, timesteps: int, horizon: int) -> None:
    table = count_up(points, 3)
    x, y = windows.cut(table, timesteps, horizon, features=3, targets=2)
    count = max(0, points - timesteps - horizon + 1)
    assert windows.window_count(points, timesteps, horizon) == len(x) == len(y) == count
    for i in range(count):
        assert np.array_equal(x[i], table[i : i + timesteps])
        assert np.array_equal(y[i], table[i + timesteps : i + timesteps + horizon, :2])


def test_600_points() -> None:
    x, y = windows.cut(count_up(600, 25), 10, 1, 25, 1)
    assert x.shape == (590, 10, 25)
    assert windows.squeezed(y).shape == (590,)


def test_squeezed_leaves_out_axes_of_one() -> None:
    assert windows.squeezed(np.zeros((7, 1, 1))).shape == (7,)
    assert windows.squeezed(np.zeros((7, 4, 1))).shape == (7, 4)
    assert windows.squeezed(np.zeros((7, 1, 3))).shape == (7, 3)
    assert windows.squeezed(np.zeros((7, 4, 3))).shape == (7, 4, 3)


def test_the_two_mistakes_by_one_point() -> None:
    x, y = windows.cut(count_up(12), 4, 1, 1, 1, windows.SHIFTS["inside_window"])
    assert len(x) == 9
    assert np.array_equal(x[:, -1, 0], y[:, 0, 0])  # the answer stands in the window
    x, y = windows.cut(count_up(12), 4, 1, 1, 1, windows.SHIFTS["one_late"])
    assert len(x) == 7
    assert np.array_equal(x[:, -1, 0] + 2, y[:, 0, 0])


@pytest.mark.parametrize("shift", windows.SHIFTS.values())
def test_a_split_never_trains_on_held_out_targets(shift: int) -> None:
    points, timesteps, horizon = 50, 6, 3
    where = windows.split(points, timesteps, horizon, 0.2, shift)
    _, y = windows.cut(count_up(points), timesteps, horizon, 1, 1, shift)
    assert where.first == 40
    assert y[: where.training].max() == where.first - 1
    start = where.first - timesteps - shift
    held_out = y[start : start + where.held_out]
    assert held_out.min() == where.first
    assert held_out.max() == points - 1


@pytest.mark.parametrize(("timesteps", "horizon"), [(12, 4), (1, 1), (200, 48), (3, 20)])
def test_fewest_points_are_just_enough(timesteps: int, horizon: int) -> None:
    fewest = windows.fewest_points(timesteps, horizon, 0.2)
    where = windows.split(fewest, timesteps, horizon, 0.2, shift=1)
    assert where.training >= 2
    assert where.held_out >= 1
    below = windows.split(fewest - 1, timesteps, horizon, 0.2, shift=1)
    assert below.training < 2 or fewest - 1 < timesteps + 2 * horizon + 1


def test_padding_and_pieces() -> None:
    filled = windows.padded(count_up(4, 2) + 1, 9)
    assert filled.shape == (1, 9, 2)
    assert np.count_nonzero(filled[0, :, 0]) == 4
    parts = windows.pieces(count_up(11, 2), 3)
    assert parts.shape == (3, 3, 2)  # two points are left out
    assert parts[1, :, 0].tolist() == [3, 4, 5]


def test_the_naive_forecast_is_the_last_value() -> None:
    same = windows.naive(count_up(20, 2), np.array([7, 8]), 3)
    assert same.shape == (2, 3, 2)
    assert same[:, :, 0].tolist() == [[6, 6, 6], [7, 7, 7]]


def test_errors() -> None:
    truth, forecast = np.array([1.0, 2.0, 6.0]), np.array([1.0, 3.0, 3.0])
    assert windows.mae(truth, forecast) == pytest.approx(4 / 3)
    assert windows.rmse(truth, forecast) == pytest.approx((10 / 3) ** 0.5)


def test_a_seed_makes_the_same_series_and_another_seed_another() -> None:
    for kind in series.KINDS:
        one = series.make_table(kind, 40, 3, 0.2, seed=5)
        assert one.shape == (40, 3)
        assert np.array_equal(one, series.make_table(kind, 40, 3, 0.2, seed=5))
        assert not np.array_equal(one, series.make_table(kind, 40, 3, 0.2, seed=6))
    rising = series.make_table("trend", 240, 1, 0.0, 1)[:, 0]
    assert rising[-48:].mean() > rising[:48].mean() + 3
