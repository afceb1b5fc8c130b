namespace Fonte.Samples.Lab;

/// <summary>What the lab answers when it cannot do what was asked. In Portuguese, like the lab's URLs.</summary>
internal static class LabProblems
{
    public static IResult WrongInterval() => Results.Problem(
        type: "urn:fonte:lab:intervalo-invalido",
        title: "Intervalo inválido",
        detail: "O parâmetro 'intervalo' deve ser um único número de segundos entre 0.5 e 3600, com ponto decimal, como em ?intervalo=2.5.",
        statusCode: StatusCodes.Status400BadRequest);
}
