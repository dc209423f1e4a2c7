"""A FairSemaphore lets threads in by order of arrival, and never more than its count."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from model_layer.fair_semaphore import FairSemaphore


def test_no_more_threads_than_turns_are_inside() -> None:
    semaphore, inside, most, mutex = FairSemaphore(3), 0, 0, threading.Lock()

    def work(_: int) -> None:
        nonlocal inside, most
        for _ in range(50):
            with semaphore:
                with mutex:
                    inside += 1
                    most = max(most, inside)
                time.sleep(0)
                with mutex:
                    inside -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert (most, inside) == (3, 0)


def test_who_waits_goes_before_who_comes_back() -> None:
    semaphore, order = FairSemaphore(1), []

    def wait(name: str) -> None:
        with semaphore:
            order.append(name)

    with semaphore:
        waiting = [threading.Thread(target=wait, args=(name,)) for name in "abc"]
        for thread in waiting:
            thread.start()
            time.sleep(0.05)  # they come one after the other
    wait("the one that was inside")
    for thread in waiting:
        thread.join()
    assert order == ["a", "b", "c", "the one that was inside"]


def test_a_turn_is_given_back_after_an_error() -> None:
    semaphore = FairSemaphore(1)
    for _ in range(2):
        try:
            with semaphore:
                raise ValueError
        except ValueError:
            pass
    with semaphore:
        pass
