// What the fuzz targets need of libFuzzer and of the sanitizer, and a watch over one execution.
#ifndef D2L_FUZZ_H
#define D2L_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's loop with its own command line; `run` gets one input after the other.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*run)(const uint8_t *data, size_t size));
/// One of libFuzzer's mutations, in place.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/// From here to `d2l_watch_end` the process may hold `bytes` more than now and use `seconds` of processor time; what exceeds either is
/// reported with the stack and ends the process, as a crash does.
void d2l_watch_begin(size_t bytes, int seconds);
void d2l_watch_end(void);
/// The most bytes that an execution held so far, and the longest that one took, in seconds of processor time.
size_t d2l_watch_peak(void);
double d2l_watch_longest(void);

#endif
