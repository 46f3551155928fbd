#include <sqlite3.h>

/* sqlite3_config() takes what it is told as variable arguments, which Swift cannot give. */
static inline int sqlite3_config_without_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
