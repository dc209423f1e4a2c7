"""Linux's system calls that Python has no function for, and the numbers of those that we refuse.

Knows no policy beyond the lists. Numbers: the kernel's asm/unistd_64.h (x86-64) and
asm-generic/unistd.h (arm64).
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from errno import ENOSYS
from functools import cache

ARCHITECTURES = ("x86_64", "aarch64")  # in the order of the columns below

# What the kernel gained after Linux 6.10 (mseal is 462, on both) is refused as not implemented.
LAST_KNOWN = 462

# Refused whatever their arguments.
REFUSED = {
    # the network
    "socket": (41, 198), "socketpair": (53, 199),
    # programs and processes
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "tkill": (200, 130),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272),
    "perf_event_open": (298, 241), "personality": (135, 92), "modify_ldt": (154, None),
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118), "sched_setattr": (314, 274),
    "sched_setaffinity": (203, 122), "setpriority": (141, 140), "ioprio_set": (251, 30),
    "migrate_pages": (256, 238), "move_pages": (279, 239),
    # memory that processes share
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190),
    "mq_open": (240, 180), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    # ways around this filter
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "io_setup": (206, 0), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "bpf": (321, 280), "userfaultfd": (323, 282),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    # the system's configuration
    "setns": (308, 268), "unshare": (272, 97), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "move_mount": (429, 429),
    "open_tree": (428, 428), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fspick": (433, 433), "mount_setattr": (442, 442), "swapon": (167, 224),
    "swapoff": (168, 225), "reboot": (169, 142), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "iopl": (172, None), "ioperm": (173, None), "acct": (163, 89),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
    "sethostname": (170, 161), "setdomainname": (171, 162), "syslog": (103, 116),
    "fanotify_init": (300, 262),
    # changes of files and folders; `open` for writing is refused by its flags
    "creat": (85, None), "truncate": (76, 45), "mkdir": (83, None), "mkdirat": (258, 34),
    "rmdir": (84, None), "unlink": (87, None), "unlinkat": (263, 35), "rename": (82, None),
    "renameat": (264, 38), "renameat2": (316, 276), "link": (86, None), "linkat": (265, 37),
    "symlink": (88, None), "symlinkat": (266, 36), "mknod": (133, None), "mknodat": (259, 33),
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "utimensat": (280, 88), "futimesat": (261, None),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    # this process's identity
    "setuid": (105, 146), "setgid": (106, 144), "setreuid": (113, 145), "setregid": (114, 143),
    "setresuid": (117, 147), "setresgid": (119, 149), "setfsuid": (122, 151),
    "setfsgid": (123, 152), "setgroups": (116, 159), "capset": (126, 91),
}  # fmt: skip
# Their arguments are in memory, which the filter cannot look at. The C library uses the older call
# instead if they are not implemented.
NOT_IMPLEMENTED = {"clone3": (435, 435), "openat2": (437, 437)}
# Refused for some arguments: see `seccomp`.
BY_ARGUMENT = {
    "clone": (56, 220), "open": (2, None), "openat": (257, 56), "ioctl": (16, 29),
    "kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261),
}  # fmt: skip
LANDLOCK = {"create_ruleset": 444, "add_rule": 445, "restrict_self": 446}  # on both


def column() -> int:
    """This process's column of the lists. Raises OSError on another system or processor."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in ARCHITECTURES or sys.maxsize < 2**32:
        raise OSError(ENOSYS, f"not supported on {sys.platform}, {machine}")
    return ARCHITECTURES.index(machine)


def call(number: int, *arguments: object) -> int:
    """Make a system call. Raises OSError."""
    return _checked(_library().syscall(ctypes.c_long(number), *arguments))


def prctl(option: int, *arguments: int) -> int:
    """Make the call prctl(2), with zeros for what is left out. Raises OSError."""
    if sys.platform != "linux":
        raise OSError(ENOSYS, f"not supported on {sys.platform}")
    padded = (*arguments, 0, 0, 0, 0)[:4]
    return _checked(_library().prctl(option, *map(ctypes.c_ulong, padded)))


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
