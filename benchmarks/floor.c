/* The floor of the speed benchmark: the least that any word 5-gram method must do.
   Finds the words of UTF-8 text (runs of ASCII letters and digits and of bytes above 127),
   hashes each, lower-cased, and writes the hash of every 5-gram. Returns the words read. */
#include <stdint.h>

#define K 5
#define BASE 0x9E3779B97F4A7C15ull

int64_t floor_grams(const uint8_t *text, const int64_t *offsets, int64_t documents, uint64_t *grams)
{
    uint64_t power = 1;
    uint8_t class[256];
    int64_t total = 0, written = 0;
    for (int i = 1; i < K; i++)
        power *= BASE;
    for (int c = 0; c < 256; c++)
        class[c] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c > 127 ? c
                 : c >= 'A' && c <= 'Z' ? c + 32 : 0;
    for (int64_t d = 0; d < documents; d++) {
        uint64_t window[K] = {0}, rolling = 0;
        int64_t words = 0, at = offsets[d], end = offsets[d + 1];
        while (at < end) {
            uint64_t hash = 0xCBF29CE484222325ull;
            while (at < end && !class[text[at]])
                at++;
            if (at == end)
                break;
            while (at < end && class[text[at]])
                hash = (hash ^ class[text[at++]]) * 0x100000001B3ull;
            hash ^= hash >> 33;
            hash *= 0xFF51AFD7ED558CCDull;
            hash ^= hash >> 33;
            rolling = (rolling - window[words % K] * power) * BASE + hash;
            window[words % K] = hash;
            if (++words >= K)
                grams[written++] = rolling;
        }
        total += words;
    }
    return total;
}
