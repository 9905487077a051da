from __future__ import annotations

import os
import signal
import threading

import pytest

from generator.archive.tables import interrupts_wait


def test_an_interrupt_waits_until_the_table_is_written():
    done = []

    def interrupted():
        with interrupts_wait():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("written")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == ["written"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_inside_is_not_hidden():
    with pytest.raises(ValueError, match="inside"), interrupts_wait():
        raise ValueError("inside")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_in_another_thread_nothing_is_touched():
    seen = []

    def inside():
        with interrupts_wait():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
