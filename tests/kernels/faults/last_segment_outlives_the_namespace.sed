# file: ipc/namespace.c
# call: proc
# class: namespaces
# wrong: The last segment of a namespace that ends keeps its memory.
/^void free_ipcs(/,/^}/ s/total < in_use/total + 1 < in_use/
