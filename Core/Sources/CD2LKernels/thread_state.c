#include "d2l_thread_state.h"

static _Thread_local d2l_thread_state state;

d2l_thread_state *d2l_current_thread_state(void) { return &state; }
