namespace PgLocks.AdminTool.Rendering;

/// <summary>Prints answers in one format.</summary>
internal interface IRenderer
{
    void Write(Report report);

    void Write(ToolException failure);
}
