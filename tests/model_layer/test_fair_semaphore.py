"""A FairSemaphore admits threads in order of arrival, and never more than its count."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from model_layer.fair_semaphore import FairSemaphore


def test_no_more_threads_are_inside_than_its_count() -> None:
    semaphore, inside, maximum, mutex = FairSemaphore(3), 0, 0, threading.Lock()

    def work(_: int) -> None:
        nonlocal inside, maximum
        for _ in range(50):
            with semaphore:
                with mutex:
                    inside += 1
                    maximum = max(maximum, inside)
                time.sleep(0)
                with mutex:
                    inside -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert (maximum, inside) == (3, 0)


def test_waiting_threads_go_before_a_thread_that_comes_back() -> None:
    semaphore, order = FairSemaphore(1), []

    def enter(name: str) -> None:
        with semaphore:
            order.append(name)

    with semaphore:
        waiting = [threading.Thread(target=enter, args=(name,)) for name in "abc"]
        for number, thread in enumerate(waiting, 1):
            thread.start()
            while len(semaphore._waiting) < number:  # the next one arrives after this one
                time.sleep(0.001)
    enter("the one that comes back")
    for thread in waiting:
        thread.join()
    assert order == ["a", "b", "c", "the one that comes back"]


def test_the_first_goes_before_all_that_wait() -> None:
    semaphore, order = FairSemaphore(1), []

    def enter(name: str) -> None:
        with semaphore.first() if name == "first" else semaphore:
            order.append(name)

    with semaphore:
        waiting = [threading.Thread(target=enter, args=(name,)) for name in ("a", "b", "first")]
        for number, thread in enumerate(waiting, 1):
            thread.start()
            while len(semaphore._waiting) < number:
                time.sleep(0.001)
    for thread in waiting:
        thread.join()
    assert order == ["first", "a", "b"]


def test_a_thread_inside_gives_way_to_one_that_waits() -> None:
    semaphore, order = FairSemaphore(1), []

    def enter() -> None:
        with semaphore:
            order.append("the one that waited")

    waiting = threading.Thread(target=enter)
    with semaphore:
        semaphore.give_way()  # to none
        waiting.start()
        while not semaphore._waiting:
            time.sleep(0.001)
        semaphore.give_way()
        order.append("the one inside")
    waiting.join()
    assert order == ["the one that waited", "the one inside"]
    with semaphore:
        pass


def test_an_error_inside_releases_the_semaphore() -> None:
    semaphore = FairSemaphore(1)
    for _ in range(2):
        try:
            with semaphore:
                raise ValueError
        except ValueError:
            pass
    with semaphore:
        pass
