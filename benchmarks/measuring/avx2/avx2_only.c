/* LD_AUDIT: the process sees a CPU without AVX-512, VNNI, AMX and the like, at the machine's speed.

   Libraries choose their code by what the instruction CPUID answers. Here each CPUID traps, and is
   answered without those bits. Intel CPUs can trap it themselves (CPUID faulting). Elsewhere the
   instruction is replaced by a breakpoint in each file that is loaded, before the file's code runs.

   AVX2_ONLY_PATCH=1 replaces it where the CPU could trap, too; AVX2_ONLY_DEBUG=1 lists what is found. */
#define _GNU_SOURCE
#include <cpuid.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "lengths.h"

#define ARCH_SET_CPUID 0x1012
#define BIT(n) (1u << (n))

static const uint8_t CPUID[2] = {0x0f, 0xa2}, BREAKPOINT[2] = {0xcc, 0x90}; /* INT3, NOP */
static int faulting; /* whether the CPU traps CPUID */
static struct sigaction previous;

/* Half a mask would measure a CPU that does not exist. */
static void give_up(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("avx2_only: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    _exit(3);
}

/* What this CPU answers, without what CPUs with AVX2 alone lack. */
static void answer(greg_t *r) {
    unsigned leaf = r[REG_RAX], sub = r[REG_RCX], a, b, c, d;
    if (faulting) syscall(SYS_arch_prctl, ARCH_SET_CPUID, 1);
    __cpuid_count(leaf, sub, a, b, c, d);
    if (faulting) syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0);
    if (leaf == 7 && sub == 0) {
        b &= ~(BIT(16) | BIT(17) | BIT(21) | BIT(26) | BIT(27)); /* AVX-512 F, DQ, IFMA, PF, ER */
        b &= ~(BIT(28) | BIT(30) | BIT(31));                     /* CD, BW, VL */
        c &= ~(BIT(1) | BIT(6) | BIT(8) | BIT(11));              /* VBMI, VBMI2, GFNI, VNNI */
        c &= ~(BIT(12) | BIT(14));                               /* BITALG, VPOPCNTDQ */
        d &= ~(BIT(2) | BIT(3) | BIT(8) | BIT(23)); /* 4VNNIW, 4FMAPS, VP2INTERSECT, FP16 */
        d &= ~(BIT(22) | BIT(24) | BIT(25));        /* AMX: BF16, TILE, INT8 */
    } else if (leaf == 7 && sub == 1) {
        a &= ~(BIT(4) | BIT(5) | BIT(21) | BIT(23)); /* AVX-VNNI, BF16, AMX-FP16, AVX-IFMA */
        d &= ~(BIT(4) | BIT(5) | BIT(10));           /* AVX-VNNI-INT8, NE-CONVERT, VNNI-INT16 */
        d &= ~(BIT(8) | BIT(19));                    /* AMX-COMPLEX, AVX10 */
    } else if (leaf == 0x1d || leaf == 0x1e || leaf == 0x24) { /* AMX, AVX10 */
        a = b = c = d = 0;
    }
    r[REG_RAX] = a, r[REG_RBX] = b, r[REG_RCX] = c, r[REG_RDX] = d;
}

static void trapped(int signal, siginfo_t *info, void *context) {
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    const uint8_t *next = (const uint8_t *)r[REG_RIP];
    int by_cpu = info->si_code == SI_KERNEL;
    if (by_cpu && signal == SIGSEGV && !memcmp(next, CPUID, 2)) {
        answer(r);
        r[REG_RIP] += 2;
    } else if (by_cpu && signal == SIGTRAP && !memcmp(next - 1, BREAKPOINT, 2)) {
        answer(r);
        r[REG_RIP] += 1;
    } else if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(signal, info, context);
    } else { /* the instruction runs again, without this handler */
        sigaction(signal, &previous, NULL);
    }
}

static void handle(int signal) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = trapped;
    action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    sigaction(signal, &action, &previous);
}

/* Whether an instruction begins at `place`; there are `before` bytes of code before it.

   The two bytes also occur inside other instructions. Decoding that begins at any byte falls into
   step with the code after a few instructions: so it begins at many, and the great majority decides. */
enum { FARTHEST = 192, NEAREST = 24 };
static int begins_at(const uint8_t *place, long before) {
    int here = 0, elsewhere = 0;
    long farthest = before < FARTHEST ? before : FARTHEST;
    long nearest = farthest > 2 * NEAREST ? NEAREST : 0;
    for (long start = farthest; start >= nearest; start--) {
        long left = start;
        while (left > 0) {
            int bytes = length(place - left, left + 15);
            if (!bytes) break;
            left -= bytes;
        }
        here += left == 0;
        elsewhere += left < 0;
    }
    return here > 4 * elsewhere;
}

static void replace(uint8_t *place) {
    uintptr_t page = (uintptr_t)place & -sysconf(_SC_PAGESIZE);
    size_t bytes = (uintptr_t)place + sizeof BREAKPOINT - page;
    if (mprotect((void *)page, bytes, PROT_READ | PROT_WRITE | PROT_EXEC))
        give_up("code may not be changed here (%m)");
    memcpy(place, BREAKPOINT, sizeof BREAKPOINT);
    mprotect((void *)page, bytes, PROT_READ | PROT_EXEC);
}

static void get(int file, void *bytes, size_t size, off_t offset, const char *name) {
    if (pread(file, bytes, size, offset) != (ssize_t)size) give_up("%s cannot be read", name);
}

/* Search a section's code in the file, so that pages which nobody needs do not become resident. */
static void search(int file, const ElfW(Shdr) *section, uint8_t *base, const char *name) {
    enum { WINDOW = 1 << 20, AFTER = 16 };
    static uint8_t code[FARTHEST + WINDOW + AFTER];
    long size = section->sh_size;
    for (long done = 0; done < size; done += WINDOW) {
        long before = done < FARTHEST ? done : FARTHEST;
        long here = size - done < WINDOW ? size - done : WINDOW;
        long after = size - done - here < AFTER ? size - done - here : AFTER;
        memset(code, 0, sizeof code);
        get(file, code, before + here + after, section->sh_offset + done - before, name);
        uint8_t *end = code + before + here;
        for (uint8_t *at = code + before; (at = memchr(at, CPUID[0], end - at)); at++) {
            if (at[1] != CPUID[1]) continue;
            long address = section->sh_addr + done + (at - code) - before;
            int real = begins_at(at, at - code);
            if (getenv("AVX2_ONLY_DEBUG"))
                fprintf(stderr, "avx2_only: %s %lx %s\n", name, address, real ? "cpuid" : "inside");
            if (real) replace(base + address);
        }
    }
}

unsigned la_version(unsigned version) {
    faulting = !getenv("AVX2_ONLY_PATCH") && !syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0);
    handle(faulting ? SIGSEGV : SIGTRAP);
    return version;
}

/* Called for each file when it is mapped, and before anything in it runs. */
unsigned la_objopen(struct link_map *map, Lmid_t space, uintptr_t *cookie) {
    (void)space, (void)cookie;
    const char *name = *map->l_name ? map->l_name : "/proc/self/exe";
    if (faulting || !strncmp(name, "linux-vdso", 10)) return 0;
    int file = open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0) give_up("%s cannot be opened (%m)", name);
    ElfW(Ehdr) head;
    ElfW(Shdr) section;
    get(file, &head, sizeof head, 0, name);
    if (!head.e_shnum) give_up("%s has no table of its sections", name);
    for (int i = 0; i < head.e_shnum; i++) {
        get(file, &section, sizeof section, head.e_shoff + i * head.e_shentsize, name);
        if (section.sh_type == SHT_PROGBITS && section.sh_flags & SHF_EXECINSTR)
            search(file, &section, (uint8_t *)map->l_addr, name);
    }
    close(file);
    return 0;
}
