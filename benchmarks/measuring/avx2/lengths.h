/* How many bytes an x86-64 instruction has. Knows no operands, only how to find the next one. */
#ifndef LENGTHS_H
#define LENGTHS_H
#include <stdint.h>

/* What follows the opcode: nothing, ModRM, an immediate. BAD: no instruction in 64-bit mode. */
enum { NONE = 0, MODRM = 1, IMM8 = 2, IMM16 = 4, IMMZ = 8, IMM32 = 16, ADDRESS = 32, BAD = 64 };

static int one_byte(uint8_t op) {
    if (op < 0x40) {
        switch (op & 7) {
        case 4: return IMM8;
        case 5: return IMMZ;
        case 6: case 7: return BAD;
        default: return MODRM;
        }
    }
    switch (op >> 4) {
    case 0x5: case 0x9: return op == 0x9a ? BAD : NONE;
    case 0x7: return IMM8;
    case 0xb: return op < 0xb8 ? IMM8 : IMMZ; /* with REX.W 8 bytes: see length() */
    }
    switch (op) {
    case 0x63: return MODRM;
    case 0x68: case 0xa9: return IMMZ;
    case 0x69: case 0x81: case 0xc7: return MODRM | IMMZ;
    case 0x6a: case 0xa8: case 0xcd: case 0xeb: return IMM8;
    case 0x6b: case 0x80: case 0x83: case 0xc0: case 0xc1: case 0xc6: return MODRM | IMM8;
    case 0xa0: case 0xa1: case 0xa2: case 0xa3: return ADDRESS;
    case 0xc2: case 0xca: return IMM16;
    case 0xc8: return IMM16 | IMM8;
    case 0xe8: case 0xe9: return IMM32;
    case 0x60: case 0x61: case 0x82: case 0xce: case 0xd4: case 0xd5: case 0xd6: case 0xea: return BAD;
    }
    if (op >= 0x84 && op <= 0x8f) return MODRM;
    if ((op >= 0xd0 && op <= 0xd3) || (op >= 0xd8 && op <= 0xdf)) return MODRM;
    if (op >= 0xe0 && op <= 0xe7) return IMM8;
    if (op == 0xf6 || op == 0xf7 || op >= 0xfe) return MODRM; /* f6, f7: see length() */
    return NONE;
}

static int two_byte(uint8_t op) { /* after 0f */
    switch (op) {
    case 0x04: case 0x0a: case 0x0c: case 0x36: case 0x39: case 0xa6: case 0xa7: return BAD;
    case 0x05: case 0x06: case 0x07: case 0x08: case 0x09: case 0x0b: case 0x0e: case 0x77:
    case 0xa0: case 0xa1: case 0xa2: case 0xa8: case 0xa9: case 0xaa: return NONE;
    case 0x0f: case 0x70: case 0x71: case 0x72: case 0x73: case 0xa4: case 0xac: case 0xba:
    case 0xc2: case 0xc4: case 0xc5: case 0xc6: return MODRM | IMM8;
    }
    if (op >= 0x24 && op <= 0x27) return BAD;
    if (op >= 0x30 && op <= 0x37) return NONE;
    if (op >= 0x3b && op <= 0x3f) return BAD;
    if (op >= 0x80 && op <= 0x8f) return IMM32;
    if (op >= 0xc8 && op <= 0xcf) return NONE;
    return MODRM;
}

/* Of VEX and EVEX; map 1 is 0f, 2 is 0f38, 3 is 0f3a, 5 and 6 are those of FP16. */
static int vector(int map, uint8_t op) {
    if (map == 3) return MODRM | IMM8;
    if (map == 1) return op == 0x77 ? NONE : MODRM | (two_byte(op) & IMM8);
    return map == 2 || map == 5 || map == 6 ? MODRM : BAD;
}

/* The length of the instruction at `code`, at most 15; 0 if there is none within `size` bytes. */
static int length(const uint8_t *code, int size) {
    int at = 0, shape, operand16 = 0, address32 = 0, wide = 0;
    uint8_t op = 0;
    for (;; at++) {
        if (at >= size || at > 14) return 0;
        op = code[at];
        if (op == 0x66) operand16 = 1;
        else if (op == 0x67) address32 = 1;
        else if (op != 0xf0 && op != 0xf2 && op != 0xf3 && op != 0x2e && op != 0x36 && op != 0x3e &&
                 op != 0x26 && op != 0x64 && op != 0x65) break;
    }
    if ((op & 0xf0) == 0x40) { /* REX */
        wide = op & 8;
        if (++at >= size) return 0;
        op = code[at];
        if ((op & 0xf0) == 0x40 || op == 0xc4 || op == 0xc5 || op == 0x62) return 0;
    }
    if (op == 0xc4 || op == 0xc5 || op == 0x62) {
        int bytes = op == 0xc5 ? 2 : op == 0xc4 ? 3 : 4;
        if (at + bytes >= size) return 0;
        int map = op == 0xc5 ? 1 : code[at + 1] & (op == 0xc4 ? 31 : 7);
        at += bytes;
        shape = vector(map, code[at++]);
    } else if (op == 0x0f) {
        if (at + 2 >= size) return 0;
        op = code[at + 1];
        if (op == 0x38) { shape = MODRM; at += 3; }
        else if (op == 0x3a) { shape = MODRM | IMM8; at += 3; }
        else { shape = two_byte(op); at += 2; }
    } else {
        shape = one_byte(op);
        at++;
        if (op >= 0xb8 && op <= 0xbf && wide) { shape = NONE; at += 8; }
        if ((op == 0xf6 || op == 0xf7) && at < size && !(code[at] & 0x30))
            shape |= op == 0xf6 ? IMM8 : IMMZ; /* TEST, alone in its group */
    }
    if (shape & BAD) return 0;
    if (shape & MODRM) {
        if (at >= size) return 0;
        uint8_t modrm = code[at++], mod = modrm >> 6, rm = modrm & 7;
        if (mod != 3 && rm == 4) {
            if (at >= size) return 0;
            uint8_t sib = code[at++];
            if (mod == 0 && (sib & 7) == 5) at += 4;
        }
        if (mod == 0 && rm == 5) at += 4;
        at += mod == 1 ? 1 : mod == 2 ? 4 : 0;
    }
    if (shape & IMM8) at += 1;
    if (shape & IMM16) at += 2;
    if (shape & IMM32) at += 4;
    if (shape & IMMZ) at += operand16 && !wide ? 2 : 4;
    if (shape & ADDRESS) at += address32 ? 4 : 8;
    return at <= size && at <= 15 ? at : 0;
}
#endif
