/* vCPUs: steps that execute guest code are refused unless --allow-vcpus was given. */

#include "recorder.h"

const struct operation vcpu_operations[] = { { 0 } };
