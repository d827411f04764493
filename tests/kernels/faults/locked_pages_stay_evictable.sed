# file: mm/shmem.c
# call: proc
# class: limits
# wrong: SHM_LOCK leaves the pages among those that can be evicted.
/^int shmem_lock(/,/^}/ s/mapping_set_unevictable(file->f_mapping);/;/
