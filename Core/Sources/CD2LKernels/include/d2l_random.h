// Counter-based randomness: Philox 4x32-10. The four words of block b of stream (seed) are a function of (seed, b) alone, so an array
// can be filled from any number of threads with the same result, and a generator's state is two numbers.
#ifndef D2L_RANDOM_H
#define D2L_RANDOM_H

#include "d2l_types.h"

/// The four words of one block: key = the two halves of `seed`, counter = (block low, block high, 0, 0).
void d2l_philox(uint64_t seed, uint64_t block, uint32_t words[4]);

/// How many blocks a fill of `count` elements consumes: float 4 elements a block, double 2.
uint64_t d2l_random_blocks(d2l_dtype type, int64_t count);

/// Uniform on [low, high): float from 24 bits of one word, double from 53 bits of two. Element i comes from block
/// `block + i / 4` (double: `block + i / 2`). Float and double.
void d2l_random_uniform(d2l_dtype type, void *x, int64_t count, uint64_t seed, uint64_t block, double low, double high);
/// Normal by Box-Muller on the same words (pairs of a block). Float and double.
void d2l_random_normal(d2l_dtype type, void *x, int64_t count, uint64_t seed, uint64_t block, double mean, double deviation);
/// Integers uniform on [low, high), free of bias to 2^-32 and better: one block per two elements (64 random bits each). int32, int64, uint8.
void d2l_random_integers(d2l_dtype type, void *x, int64_t count, uint64_t seed, uint64_t block, int64_t low, int64_t high);
/// A random permutation of 0 ..< count (Fisher-Yates; one 64-bit draw per element, two per block).
void d2l_random_permutation(int64_t *x, int64_t count, uint64_t seed, uint64_t block);

/// Inverted dropout. Element i is kept if its uniform word (float layout above) >= p, and then scaled by 1 / (1 - p). The mask is not stored: the
/// gradient is the same call on g. `x` and `y` may be the same. Float and double (both use the float layout of blocks).
void d2l_dropout(d2l_dtype type, const void *x, void *y, int64_t count, double p, uint64_t seed, uint64_t block);

#endif
