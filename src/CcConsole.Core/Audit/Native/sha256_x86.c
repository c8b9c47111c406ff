/*
 * The compression function of SHA-256 (FIPS 180-4, 6.2.2) with what a processor may have beyond any x64: the SHA extensions for one message,
 * AVX-512 for 16 messages side by side, one in each 32-bit lane. What is compiled ahead of time for any processor cannot hold these
 * instructions but here, and asks at run time whether they are there. The lanes do the same as Sha256Lanes16.cs, which the runtime compiles
 * while it runs; the base class library has nothing for the SHA extensions.
 */
#include <stdint.h>
#include <stddef.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw")))
#define INLINE static inline __attribute__((always_inline)) AVX512

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

INLINE __m512i xor3(__m512i x, __m512i y, __m512i z)
{
    return _mm512_ternarylogic_epi32(x, y, z, 0x96);
}

INLINE void round_of(__m512i a, __m512i b, __m512i c, __m512i *d, __m512i e, __m512i f, __m512i g, __m512i *h, __m512i wk)
{
    __m512i choice = _mm512_ternarylogic_epi32(e, f, g, 0xCA);
    __m512i majority = _mm512_ternarylogic_epi32(a, b, c, 0xE8);
    __m512i big1 = xor3(_mm512_ror_epi32(e, 6), _mm512_ror_epi32(e, 11), _mm512_ror_epi32(e, 25));
    __m512i big0 = xor3(_mm512_ror_epi32(a, 2), _mm512_ror_epi32(a, 13), _mm512_ror_epi32(a, 22));
    /* The next round waits for the sums of e and a: they are added last. */
    __m512i early = _mm512_add_epi32(_mm512_add_epi32(*h, wk), choice);
    *d = _mm512_add_epi32(_mm512_add_epi32(*d, early), big1);
    *h = _mm512_add_epi32(_mm512_add_epi32(early, big1), _mm512_add_epi32(majority, big0));
}

INLINE __m512i scheduled(__m512i w, __m512i w1, __m512i w9, __m512i w14)
{
    __m512i small0 = xor3(_mm512_ror_epi32(w1, 7), _mm512_ror_epi32(w1, 18), _mm512_srli_epi32(w1, 3));
    __m512i small1 = xor3(_mm512_ror_epi32(w14, 17), _mm512_ror_epi32(w14, 19), _mm512_srli_epi32(w14, 10));
    return _mm512_add_epi32(_mm512_add_epi32(w, small0), _mm512_add_epi32(w9, small1));
}

INLINE __m512i row(const uint8_t *const *blocks, int first, size_t offset)
{
    __m512i r = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(blocks[first] + offset)));
    r = _mm512_inserti32x4(r, _mm_loadu_si128((const __m128i *)(blocks[first + 4] + offset)), 1);
    r = _mm512_inserti32x4(r, _mm_loadu_si128((const __m128i *)(blocks[first + 8] + offset)), 2);
    return _mm512_inserti32x4(r, _mm_loadu_si128((const __m128i *)(blocks[first + 12] + offset)), 3);
}

/* Four words of every message: rows to columns, and from big-endian. */
INLINE void load(const uint8_t *const *blocks, size_t offset, __m512i *w)
{
    const __m512i swap = _mm512_broadcast_i32x4(_mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
    __m512i r0 = _mm512_shuffle_epi8(row(blocks, 0, offset), swap);
    __m512i r1 = _mm512_shuffle_epi8(row(blocks, 1, offset), swap);
    __m512i r2 = _mm512_shuffle_epi8(row(blocks, 2, offset), swap);
    __m512i r3 = _mm512_shuffle_epi8(row(blocks, 3, offset), swap);
    __m512i low01 = _mm512_unpacklo_epi32(r0, r1), low23 = _mm512_unpacklo_epi32(r2, r3);
    __m512i high01 = _mm512_unpackhi_epi32(r0, r1), high23 = _mm512_unpackhi_epi32(r2, r3);
    w[0] = _mm512_unpacklo_epi64(low01, low23);
    w[1] = _mm512_unpackhi_epi64(low01, low23);
    w[2] = _mm512_unpacklo_epi64(high01, high23);
    w[3] = _mm512_unpackhi_epi64(high01, high23);
}

/* Word i of lane l at state[i * 16 + l], updated; 16 pointers to whole blocks of 64 bytes, moved behind them. */
AVX512 static void compress_lanes(uint32_t *state, const uint8_t **blocks, size_t count)
{
    __m512i w[16], s[8], v[8];
    for (int i = 0; i < 8; i++)
        s[i] = _mm512_loadu_si512(state + i * 16);
    for (size_t done = 0; done < count; done++) {
        for (int i = 0; i < 4; i++)
            load(blocks, done * 64 + (size_t)i * 16, w + i * 4);
        for (int i = 0; i < 8; i++)
            v[i] = s[i];
#pragma GCC unroll 4
        for (int k = 0; k < 64; k += 16) {
#pragma GCC unroll 16
            for (int t = 0; t < 16; t++) {
                if (k > 0)
                    w[t] = scheduled(w[t], w[(t + 1) & 15], w[(t + 9) & 15], w[(t + 14) & 15]);
                round_of(v[(0 - t) & 7], v[(1 - t) & 7], v[(2 - t) & 7], &v[(3 - t) & 7], v[(4 - t) & 7], v[(5 - t) & 7], v[(6 - t) & 7],
                    &v[(7 - t) & 7], _mm512_add_epi32(w[t], _mm512_set1_epi32((int)constants[k + t])));
            }
        }
        for (int i = 0; i < 8; i++)
            s[i] = _mm512_add_epi32(s[i], v[i]);
    }
    for (int i = 0; i < 8; i++)
        _mm512_storeu_si512(state + i * 16, s[i]);
    for (int i = 0; i < 16; i++)
        blocks[i] += count * 64;
}

/* The eight words of one message, updated; whole blocks of 64 bytes. */
__attribute__((target("sha,sse4.1"))) static void compress_one(uint32_t *state, const uint8_t *data, size_t blocks)
{
    const __m128i swap = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    __m128i *words = (__m128i *)state;
    /* The instructions take the words as ABEF and CDGH, the first in the highest place. */
    __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(words), 0xB1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(words + 1), 0x1B);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);
    for (; blocks > 0; blocks--, data += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i w[4];
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++)
            w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)data + i), swap);
#pragma GCC unroll 16
        for (int k = 0; k < 16; k++) {
            __m128i wk = _mm_add_epi32(w[k & 3], _mm_loadu_si128((const __m128i *)constants + k));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, wk);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(wk, 0x0E));
            if (k < 12) {
                __m128i last = w[(k + 3) & 3];
                __m128i next = _mm_add_epi32(_mm_sha256msg1_epu32(w[k & 3], w[(k + 1) & 3]), _mm_alignr_epi8(last, w[(k + 2) & 3], 4));
                w[k & 3] = _mm_sha256msg2_epu32(next, last);
            }
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
    __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128(words, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128(words + 1, _mm_alignr_epi8(dchg, feba, 8));
}
#endif

/* The function for one message; NULL where the processor has not what it takes. */
void *cc_sha256_one(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d;
    const unsigned sse41 = 1u << 19, sha = 1u << 29;
    if (__get_cpuid(1, &a, &b, &c, &d) && (c & sse41) && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & sha))
        return (void *)compress_one;
#endif
    return NULL;
}

/* The function for 16 lanes; NULL where the processor, or the system, has not what it takes. */
void *cc_sha256_lanes16(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
        return (void *)compress_lanes;
#endif
    return NULL;
}
